using System.Text.Json.Nodes;
using HiEndMae.Engine.Benchmarks;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Tests.Data;
using HiEndMae.Engine.Tests.Inference;
using HiEndMae.Engine.Training;
using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary><c>precision = "auto"</c> on a task with running statistics and dropout, which a measurement could disturb.</summary>
public sealed class AutoPrecisionTests : IDisposable
{
    private const int Crop = 8;
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-precision-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_weights_are_those_of_the_chosen_precision_written_out()
    {
        var log = new TestLog();
        TrainResult chosen = Train("auto", Precision.Auto, log);
        string note = Assert.Single(log.Notes, IsMeasurement);
        Assert.Contains("float32 ", note, StringComparison.Ordinal);
        Assert.Contains("bfloat16 ", note, StringComparison.Ordinal);
        TrainResult written = Train("written", chosen.Precision, new TestLog());
        Assert.Equal(written.Precision, chosen.Precision);
        Assert.Equal(Weights(written), Weights(chosen));
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Bfloat16)]
    public void A_recorded_choice_is_used_without_measuring(Precision recorded)
    {
        Record("auto", recorded.ToString().ToLowerInvariant());
        var log = new TestLog();
        TrainResult chosen = Train("auto", Precision.Auto, log);
        Assert.DoesNotContain(log.Notes, IsMeasurement);
        Assert.Equal(recorded, chosen.Precision);
        Assert.Equal(Weights(Train("written", recorded, new TestLog())), Weights(chosen));
    }

    [Fact]
    public void The_choice_is_recorded_and_a_resumed_training_keeps_it()
    {
        TestLog first = new(), second = new();
        Assert.Throws<OperationCanceledException>(() => Train("parts", Precision.Auto, first, stopAt: 3));
        Assert.Single(first.Notes, IsMeasurement);
        string record = Path.Combine(folder, "parts", "precision.json");
        byte[] before = File.ReadAllBytes(record);
        JsonNode content = JsonNode.Parse(before)!;
        TrainResult parts = Train("parts", Precision.Auto, second);
        Assert.NotEmpty(second.ResumedAt);
        Assert.DoesNotContain(second.Notes, IsMeasurement);
        Assert.Equal(before, File.ReadAllBytes(record));
        Assert.Equal((string)content["precision"]!, parts.Precision.ToString().ToLowerInvariant());
        Assert.Equal(["float32", "bfloat16"], content["seconds_per_batch"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(Weights(Train("whole", parts.Precision, new TestLog())), Weights(parts));
    }

    [Fact]
    public void A_record_that_names_no_precision_is_an_error()
    {
        Record("auto", "auto");
        Assert.Contains("delete it to measure again", Assert.ThrowsAny<Exception>(() => Train("auto", Precision.Auto, new TestLog())).Message);
    }

    [Theory]
    [InlineData(1, 0.94, 2, Precision.Bfloat16)]
    [InlineData(1, 0.96, 2, Precision.Float32)]
    [InlineData(1, 0.9, 0.88, Precision.Bfloat16)]
    [InlineData(1, 0.9, 0.8, Precision.Float16)]
    [InlineData(1, 2, 0.5, Precision.Float16)]
    public void A_narrower_precision_must_be_clearly_faster(double float32, double bfloat16, double float16, Precision expected) =>
        Assert.Equal(expected, PrecisionRace.Fastest([new(Precision.Float32, float32), new(Precision.Bfloat16, bfloat16), new(Precision.Float16, float16)]));

    private static bool IsMeasurement(string note) => note.StartsWith("precision = \"auto\"", StringComparison.Ordinal);

    private static byte[] Weights(TrainResult result) => File.ReadAllBytes(Path.Combine(result.Checkpoint, "weights.safetensors"));

    private void Record(string name, string precision)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));
        File.WriteAllText(Path.Combine(folder, name, "precision.json"), $$"""{ "precision": "{{precision}}" }""");
    }

    private TrainResult Train(string name, Precision precision, TestLog log, int? stopAt = null)
    {
        var data = new DataConfig { Dataset = new KnownModels.NoDataset(), Crop = Size3.Cube(Crop), SpacingMm = Spacing3.Isotropic(1), Window = [0, 100], CropsPerVolume = 2 };
        var config = new PretrainConfig { Steps = 6, CheckpointEvery = 100, GradAccumulation = 2, Decoder = new KnownModels.NoDataset(), Data = data };
        DatasetCase[] cases = [.. Enumerable.Range(0, 3).Select(i => (DatasetCase)new MadeCase($"c{i}", Size3.Cube(Crop + 2), (x, y, z) => (20 * i) + x + (2 * y) + (3 * z)))];
        string own = Path.Combine(folder, name);
        var stage = new StageContext(3, CPU, new DataServices(new CacheConfig { Store = CacheKind.Memory }, own, long.MaxValue, new LoaderConfig()), log, TimeProvider.System);
        var context = new TrainingContext(stage, own, new RunIdentity("fingerprint", "", []), 1, precision, new TimeBudget(null, TimeProvider.System));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        var task = new SmallTask(step =>
        {
            if (step == stopAt) stop.Cancel();
        });
        return new PretrainStage(config, context).Run(new MadeDataset([], [], [], cases), new PlainEncoder(), task, (_, _) => { }, stop.Token);
    }

    private sealed class PlainEncoder() : PyramidEncoder(nameof(PlainEncoder))
    {
        public override PyramidEncoderInfo PyramidInfo { get; } = new(1, []);

        public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks) => new FeaturePyramid([]);
    }

    // Rebuilds rows of voxels through a norm with running statistics and through dropout.
    private sealed class SmallTask : PretextTask
    {
        private readonly Action<int> atStep;
        private readonly Linear inner = nn.Linear(Crop, 16), outer = nn.Linear(16, Crop);
        private readonly BatchNorm1d norm = nn.BatchNorm1d(16);
        private readonly Dropout drop = nn.Dropout(0.3);

        public SmallTask(Action<int> atStep) : base(nameof(SmallTask))
        {
            this.atStep = atStep;
            RegisterComponents();
        }

        public override Tensor Loss(Encoder encoder, PretextBatch batch)
        {
            atStep(batch.Step.Step);
            Tensor rows = batch.Volumes.reshape(-1, Crop); // [B X Y, Z]
            Tensor rebuilt = outer.forward(drop.forward(norm.forward(inner.forward(rows).to(ScalarType.Float32))));
            return (rebuilt.to(ScalarType.Float32) - rows).square().mean();
        }
    }
}
