using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Tests.Data;
using HiEndMae.Engine.Tests.Inference;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Weights;
using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>The loss on held-out cases of a pre-training, and crops with given places. The task's losses are known in closed form.</summary>
public sealed class PretrainValidationTests : IDisposable
{
    private const double Target = 0.5, Rate = 0.1, WindowEnd = 1000;
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-validation-").FullName;
    private readonly TestLog log = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Patience_ends_the_training_and_the_checkpoint_of_the_lowest_loss_is_handed_on()
    {
        using DisposeScope scope = NewDisposeScope();
        TrainResult result = Train(Config() with { Validation = new PretrainValidationConfig { Every = 1, NumCases = 2, Patience = 2 } }, 8);
        string[] heldOut = HeldOut();
        Assert.Equal(2, heldOut.Length);
        // The weight is 0.1 times the step, and the loss is its squared distance from 0.5 plus the mean intensity of the held-out cases.
        double mean = heldOut.Average(Mean);
        (double Value, int Step)[] losses = [.. log.Metrics.Where(metric => metric.Key == "validation.loss").Select(metric => (metric.Value, metric.Step))];
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], losses.Select(loss => loss.Step));
        Assert.All(losses, loss => Assert.Equal(Squared(Target - (Rate * loss.Step)) + mean, loss.Value, 2e-4));
        Assert.All(log.Metrics.Where(metric => metric.Key == "validation.loss.distance"), metric => Assert.Equal(Squared(Target - (Rate * metric.Step)), metric.Value, 1e-5));
        Assert.Equal((7, 5), (result.Steps, result.LowestLoss!.Value.Step));
        Assert.Null(result.Best);
        Assert.Contains("a lower loss", result.EndReason);
        Assert.Contains("step-00000005", CheckpointStore.WeightsOf(Path.Combine(folder, "checkpoints")));
    }

    [Fact]
    public void Held_out_crops_are_the_same_in_every_validation_and_no_case_that_is_trained_on_is_among_them()
    {
        using DisposeScope scope = NewDisposeScope();
        var task = new KnownTask();
        Train(Config() with { Steps = 6, Validation = new PretrainValidationConfig { Every = 2, NumCases = 2, Draws = 3 } }, 12, task);
        string[] heldOut = HeldOut();
        Assert.Equal(3, log.Metrics.Count(metric => metric.Key == "validation.loss.mean"));
        Assert.Single(log.Metrics.Where(metric => metric.Key == "validation.loss.mean").Select(metric => metric.Value).Distinct());
        // Crops of 8 voxels start at 0 to 4 in cases of 12, and the intensity rises by 1 along x.
        Assert.All(task.Validated, mean => Assert.Contains(heldOut, id => Math.Abs(mean - Mean(id)) * WindowEnd < 4.5));
        // Two cases, and the draws of each start at different places.
        Assert.InRange(task.Validated.Take(6).Distinct().Count(), 3, 6);
        Assert.All(task.Trained, mean => Assert.DoesNotContain(heldOut, id => Math.Abs(mean - Mean(id)) * WindowEnd < 4.5));
    }

    [Fact]
    public void A_resumed_training_validates_as_one_that_was_never_stopped()
    {
        using DisposeScope scope = NewDisposeScope();
        PretrainConfig config = Config() with { Validation = new PretrainValidationConfig { Every = 1, NumCases = 2, Patience = 2 } };
        TrainResult whole = Train(config, 12);
        (string, double, int)[] expected = [.. log.Metrics.Where(metric => metric.Key.StartsWith("validation", StringComparison.Ordinal))];
        Directory.Delete(Path.Combine(folder, "checkpoints"), recursive: true);
        log.Metrics.Clear();
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(config, 12, new KnownTask { AtStep = step => StopAt(step, stop) }, stop));
        TrainResult resumed = Train(config, 12);
        Assert.NotEmpty(log.ResumedAt);
        Assert.Equal(expected, log.Metrics.Where(metric => metric.Key.StartsWith("validation", StringComparison.Ordinal)));
        Assert.Equal((whole.Steps, whole.LowestLoss, whole.EndReason), (resumed.Steps, resumed.LowestLoss, resumed.EndReason));
    }

    [Fact]
    public void Validation_changes_neither_buffers_nor_the_mode_of_the_model()
    {
        using DisposeScope scope = NewDisposeScope();
        var task = new KnownTask();
        Train(Config() with { Steps = 3, Validation = new PretrainValidationConfig { Every = 1, NumCases = 1, Term = "mean" } }, 8, task);
        Assert.Equal(0, task.Counter.item<float>());
        Assert.True(task.training);
        Assert.NotEmpty(task.Validated);
    }

    [Fact]
    public void A_teacher_is_moved_by_its_task_alone_and_is_part_of_a_checkpoint()
    {
        using DisposeScope scope = NewDisposeScope();
        var task = new KnownTask();
        Train(Config() with { Steps = 3, Optimizer = Config().Optimizer with { WeightDecay = 0.5, DecayOn = DecayedParameters.All } }, 8, task);
        // It follows the weight by half of the distance after each update.
        double weight = 0, teacher = 1;
        for (int step = 0; step < 3; step++)
        {
            weight += Rate * (1 - (0.5 * weight));
            teacher = (teacher + weight) / 2;
        }
        Assert.Equal(teacher, task.Teacher.item<float>(), 1e-6);
        using WeightFile file = WeightFile.Open(Path.Combine(folder, "checkpoints"));
        Assert.Equal(teacher, file.Read(file.Entries.Single(entry => entry.Name == "decoder.teacher")).item<float>(), 1e-6);
    }

    [Fact]
    public void A_part_of_the_loss_that_the_task_does_not_have_is_refused_with_those_that_it_has()
    {
        using DisposeScope scope = NewDisposeScope();
        PluginException error = Assert.Throws<PluginException>(() => Train(Config() with { Validation = new PretrainValidationConfig { Every = 1, NumCases = 1, Term = "median" } }, 8));
        Assert.Contains("distance, mean", error.Message);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    public void Cases_of_one_patient_are_held_out_together(int wanted, int fewest)
    {
        DatasetCase[] cases = [.. Enumerable.Range(0, 8).Select(i => (DatasetCase)new MadeCase($"c{i}", Size3.Cube(8), (_, _, _) => 1) { Patient = $"p{i / 2}" })];
        (IReadOnlyList<DatasetCase> trained, IReadOnlyList<DatasetCase> heldOut) = HeldOutCases.Of(cases, new PretrainValidationConfig { Every = 1, NumCases = wanted }, "'made'");
        Assert.InRange(heldOut.Count, fewest, fewest + 1);
        Assert.Equal(8, trained.Count + heldOut.Count);
        Assert.Empty(trained.Select(one => one.Group).Intersect(heldOut.Select(one => one.Group)));
    }

    [Fact]
    public void A_validation_that_leaves_nothing_to_train_on_is_refused()
    {
        DatasetCase[] cases = [.. Enumerable.Range(0, 3).Select(i => (DatasetCase)new MadeCase($"c{i}", Size3.Cube(8), (_, _, _) => 1))];
        VolumeException error = Assert.Throws<VolumeException>(() => HeldOutCases.Of(cases, new PretrainValidationConfig { Every = 1, NumCases = 3 }, "'made'"));
        Assert.Contains("num_cases = 3", error.Message);
    }

    [Fact]
    public void Crops_with_given_places_have_their_classes_and_boxes_of_other_sizes_are_resized()
    {
        using DisposeScope scope = NewDisposeScope();
        var task = new KnownTask();
        var places = new PlacesConfig([new CropPlace("c0", new Size3(1, 2, 3), Size3.Cube(8), 1), new CropPlace("c3", default, Size3.Cube(12), 0), new CropPlace("elsewhere", default, Size3.Cube(8), 2)]);
        Train(Config() with { Steps = 8, Decoder = places }, 12, task);
        Assert.Equal([0L, 1L], task.Classes.Distinct().Order());
        foreach ((long one, double mean) in task.Classes.Zip(task.Trained))
            Assert.Equal((one == 1 ? 100 + 1 + 3.5 : 400 + 5.5) / WindowEnd, mean, 2e-4);
    }

    [Theory]
    [InlineData("c0", 5, "12x12x12")]
    [InlineData("elsewhere", 0, "None of the 1 places")]
    public void Places_outside_their_cases_are_refused(string id, int start, string expected)
    {
        using DisposeScope scope = NewDisposeScope();
        VolumeException error = Assert.Throws<VolumeException>(() => Train(Config() with { Decoder = new PlacesConfig([new CropPlace(id, new Size3(start, 0, 0), Size3.Cube(8), 0)]) }, 12));
        Assert.Contains(expected, error.Message);
    }

    private static void StopAt(int step, CancellationTokenSource stop)
    {
        if (step == 3) stop.Cancel();
    }

    private static double Squared(double value) => value * value;

    // The mean of a case whose intensities are 100 times its number, plus x, on a grid of 8 voxels. Larger cases have means of 2 more at most.
    private static double Mean(string id) => ((100 * (1 + int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture))) + 3.5) / WindowEnd;

    private static PretrainConfig Config() => new()
    {
        Steps = 20,
        CheckpointEvery = 100,
        Decoder = new KnownModels.NoDataset(),
        Data = new DataConfig
        {
            Dataset = new KnownModels.NoDataset(), Crop = Size3.Cube(8), SpacingMm = Spacing3.Isotropic(1), Window = [0, WindowEnd], CropsPerVolume = 1, FlipProbability = 0, Rotate90Probability = 0,
            IntensityScaleProbability = 0, IntensityShiftProbability = 0,
        },
        Optimizer = new OptimizerConfig { Kind = OptimizerKind.Sgd, Lr = Rate, Momentum = 0, Nesterov = false, WeightDecay = 0 },
        Schedule = new ScheduleConfig { Kind = ScheduleKind.Constant },
    };

    private string[] HeldOut() => log.Notes.Single(note => note.Contains("held out", StringComparison.Ordinal)).Split(": ")[1].TrimEnd('.').Split(", ");

    private TrainResult Train(PretrainConfig config, int edge, KnownTask? task = null, CancellationTokenSource? stop = null)
    {
        DatasetCase[] cases = [.. Enumerable.Range(0, 6).Select(i => (DatasetCase)new MadeCase($"c{i}", Size3.Cube(edge), (x, _, _) => (100 * (i + 1)) + x))];
        var services = new DataServices(new CacheConfig { Store = CacheKind.Memory }, folder, long.MaxValue, new LoaderConfig());
        var stage = new StageContext(3, CPU, services, log, TimeProvider.System);
        var context = new TrainingContext(stage, folder, new RunIdentity("fingerprint", "", []), 1, Precision.Float32, new TimeBudget(null, TimeProvider.System));
        return new PretrainStage(config, context).Run(new MadeDataset([], [], [], cases), new PlainEncoder(), task ?? new KnownTask(), (_, _) => { }, stop?.Token ?? TestContext.Current.CancellationToken);
    }

    private sealed class PlacesConfig(IReadOnlyList<CropPlace> places) : IComponentConfig, ICropPlaces
    {
        public string Plugin => "places";

        public IReadOnlyList<CropPlace> Places() => places;

        public ConfigTable ToTable() => new([], default);

        public void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report)
        {
        }
    }

    private sealed class PlainEncoder() : PyramidEncoder(nameof(PlainEncoder))
    {
        public override PyramidEncoderInfo PyramidInfo { get; } = new(1, []);

        public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks) => new FeaturePyramid([]);
    }

    // One weight, which rises by the learning rate in each step.
    private sealed class KnownTask : PretextTask
    {
        private readonly Parameter weight = new(zeros(1));
        private readonly Parameter teacher = new(ones(1), requires_grad: false);
        private readonly Tensor counter = zeros(1);

        public KnownTask() : base(nameof(KnownTask)) => RegisterComponents();

        public Tensor Counter => counter;

        public Tensor Teacher => teacher;

        public List<double> Trained { get; } = [];

        public List<double> Validated { get; } = [];

        public List<long> Classes { get; } = [];

        public Action<int> AtStep { get; init; } = static _ => { };

        public override void Updated(Encoder encoder, in StepInfo step)
        {
            using IDisposable noGrad = no_grad();
            teacher.lerp_(weight, 0.5f);
        }

        public override Tensor Loss(Encoder encoder, PretextBatch batch)
        {
            double mean = batch.Volumes.to(ScalarType.Float64).mean().item<double>();
            (training ? Trained : Validated).Add(mean);
            if (training)
            {
                AtStep(batch.Step.Step);
                if (batch.Classes is { } classes) Classes.AddRange(classes.data<long>().ToArray());
                return -weight.sum();
            }
            counter.add_(1);
            Tensor distance = (weight - Target).square().sum(), intensity = batch.Volumes.mean();
            batch.Note("distance", distance);
            batch.Note("mean", intensity);
            return distance + intensity;
        }
    }
}
