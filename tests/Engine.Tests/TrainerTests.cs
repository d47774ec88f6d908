using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>The loop on a small regression whose batches depend on the step alone.</summary>
public sealed class TrainerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-trainer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Killed_and_resumed_gives_the_same_weights_and_values_to_the_last_bit()
    {
        (float[] whole, List<string> wholeLog) = Train("whole", stopAt: int.MaxValue);
        Assert.Throws<OperationCanceledException>(() => Train("parts", stopAt: 13));
        (float[] parts, List<string> partsLog) = Train("parts", stopAt: int.MaxValue);
        Assert.Equal(whole, parts);
        Assert.Equal(wholeLog.Where(line => Step(line) > 13), partsLog);
    }

    [Fact]
    public void A_torn_checkpoint_is_skipped_with_a_warning_and_the_one_before_is_used()
    {
        (float[] whole, _) = Train("torn", stopAt: int.MaxValue);
        string newest = Directory.GetDirectories(Path.Combine(folder, "torn")).Order().Last();
        using (FileStream file = File.OpenWrite(Path.Combine(newest, "weights.safetensors"))) file.SetLength(file.Length - 1);
        var warnings = new List<string>();
        (float[] again, List<string> log) = Train("torn", stopAt: int.MaxValue, warnings);
        Assert.Contains("weights.safetensors", Assert.Single(warnings));
        Assert.Equal(whole, again);
        Assert.NotEmpty(log);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_and_leaves_the_last_good_checkpoint()
    {
        NonFiniteLossException error = Assert.Throws<NonFiniteLossException>(() => Train("nan", stopAt: int.MaxValue, badFrom: 22));
        Assert.Contains("step-00000020", error.Message);
        Assert.True(Directory.Exists(Path.Combine(folder, "nan", "step-00000020")));
        Assert.False(Directory.Exists(Path.Combine(folder, "nan", "step-00000030")));
    }

    [Fact]
    public void Another_experiment_s_checkpoint_is_not_restored()
    {
        Train("other", stopAt: int.MaxValue);
        var warnings = new List<string>();
        Assert.Null(new CheckpointStore(Path.Combine(folder, "other"), 2, warnings.Add).Newest("another"));
        Assert.All(warnings, warning => Assert.Contains("another experiment", warning));
    }

    [Fact]
    public void Live_tensors_do_not_grow_over_steps()
    {
        // Counted while training, at two steps with nothing but steps between them.
        var counts = new List<long>();
        Train("flat", stopAt: int.MaxValue, onStep: _ => counts.Add(Tensor.TotalCount));
        Assert.Equal(counts[21], counts[28]);
    }

    private static int Step(string line) => int.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private (float[] Weights, List<string> Log) Train(string name, int stopAt, List<string>? warnings = null, int badFrom = int.MaxValue, Action<int>? onStep = null)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(0);
        using var stop = new CancellationTokenSource();
        var objective = new Regression(stopAt, badFrom, stop, onStep);
        var logger = new Log();
        var options = new TrainerOptions(30, 5, 10, new OptimizerConfig { Lr = 1e-2, GradClip = 1 }, 5, "experiment", 1);
        new Trainer(objective, options, new CheckpointStore(Path.Combine(folder, name), 2, (warnings ?? []).Add), logger, TimeProvider.System).Run(stop.Token);
        return ([.. objective.Parameters.SelectMany(parameter => parameter.Value.data<float>().ToArray())], logger.Lines);
    }

    private sealed class Regression(int stopAt, int badFrom, CancellationTokenSource stop, Action<int>? onStep) : IObjective
    {
        private readonly Linear layer = nn.Linear(6, 3);

        public IReadOnlyDictionary<string, nn.Module> Modules => new Dictionary<string, nn.Module> { ["model"] = layer };

        public IReadOnlyList<(string Name, Parameter Value)> Parameters => [.. layer.named_parameters().Select(entry => ("model." + entry.name, entry.parameter))];

        public int BatchSize => 4;

        public Tensor Loss(int step)
        {
            onStep?.Invoke(step);
            if (step + 1 == stopAt) stop.Cancel();
            Tensor input = arange(24, dtype: ScalarType.Float32).add(step).sin().reshape(4, 6);
            Tensor loss = (layer.forward(input) - input.narrow(1, 0, 3)).square().mean();
            return step >= badFrom ? loss * float.NaN : loss;
        }
    }

    private sealed class Log : IStageLogger
    {
        public List<string> Lines { get; } = [];

        public void Metric(string key, double value, int step)
        {
            if (key is "loss" or "lr") Lines.Add(FormattableString.Invariant($"{step} {key} {value:R}"));
        }

        public void Progress(int done, int total, string detail, TimeSpan left)
        {
        }

        public void Resumed(int step)
        {
        }

        public void Note(string message)
        {
        }
    }
}
