using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Callbacks;
using HiEndMae.Engine.Weights;
using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>The loop on a small regression.</summary>
public sealed class TrainerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-trainer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1, 0, Precision.Float32)]
    [InlineData(3, 0, Precision.Float32)]
    [InlineData(1, 0.9, Precision.Float32)]
    [InlineData(2, 0.99, Precision.Float32)]
    [InlineData(1, 0, Precision.Bfloat16)]
    [InlineData(2, 0, Precision.Float16)]
    public void Killed_and_resumed_gives_the_same_weights_and_values_to_the_last_bit(int accumulation, double emaDecay, Precision precision)
    {
        TestTraining config = new() { Steps = 30, GradAccumulation = accumulation, Precision = precision, Optimizer = new OptimizerConfig { Lr = 1e-2, GradClip = 1, EmaDecay = emaDecay } };
        (float[] whole, TestLog wholeLog) = Train("whole", config);
        Assert.Throws<OperationCanceledException>(() => Train("parts", config, stopAt: 13));
        (float[] parts, TestLog partsLog) = Train("parts", config);
        Assert.Equal([13], partsLog.ResumedAt);
        Assert.Equal(whole, parts);
        Assert.Equal(wholeLog.Lines.Where(line => Step(line) > 13), partsLog.Lines);
        byte[] Last(string name) => File.ReadAllBytes(Path.Combine(folder, name, "step-00000030", "weights.safetensors"));
        Assert.Equal(Last("whole"), Last("parts"));
    }

    [Fact]
    public void Gradients_of_accumulated_batches_are_those_of_one_large_batch()
    {
        (float[] large, _) = Train("large", new TestTraining { Steps = 8 }, rows: 8);
        (float[] small, _) = Train("small", new TestTraining { Steps = 8, GradAccumulation = 2 }, rows: 4);
        for (int i = 0; i < large.Length; i++) Assert.Equal(large[i], small[i], 5);
    }

    [Fact]
    public void Checkpoints_contain_the_average_of_the_weights_if_it_is_on()
    {
        TestTraining config = new() { Steps = 1, Schedule = new ScheduleConfig(), Optimizer = new OptimizerConfig { Lr = 1e-2, EmaDecay = 0.75, WeightDecay = 0 } };
        using DisposeScope scope = NewDisposeScope();
        manual_seed(0);
        float[] before = new Regression().Weights;
        (float[] after, _) = Train("average", config);
        float[] stored = [.. CheckpointStore.LoadWeights(Path.Combine(folder, "average")).OrderBy(entry => entry.Key == "model.bias").SelectMany(entry => entry.Value.data<float>().ToArray())];
        Assert.Equal(before.Length, stored.Length);
        Assert.NotEqual(before, after);
        for (int i = 0; i < stored.Length; i++) Assert.Equal(0.75f * before[i] + 0.25f * after[i], stored[i], 6);
    }

    [Fact]
    public void A_bad_step_is_reported_and_skipped_and_the_training_continues()
    {
        TestTraining config = new() { Steps = 10, CheckpointEvery = 5 };
        float[]? before = null, after = null;
        Regression? objective = null;
        (_, TestLog log) = Train("bad", config, factor: batch => batch is 4 or 6 ? float.NaN : 1, onBatch: batch =>
        {
            if (batch == 4) before = objective!.Weights;
            if (batch == 5) after = objective!.Weights;
        }, made: one => objective = one);
        Assert.Equal(before, after);
        Assert.Equal(2, log.Warnings.Count);
        Assert.Contains("step 5", log.Warnings[0]);
        string report = File.ReadAllText(Path.Combine(folder, "bad", "bad-steps", "step-00000005.json"));
        Assert.Contains("\"case\": \"case-4-3\"", report);
        Assert.Contains("\"loss\": \"NaN\"", report);
        Assert.DoesNotContain(log.Metrics, metric => metric.Key == "loss" && double.IsNaN(metric.Value));
    }

    [Fact]
    public void Several_bad_steps_in_a_row_stop_the_training_and_keep_the_last_good_checkpoint()
    {
        TestTraining config = new() { Steps = 30 };
        NonFiniteLossException error = Assert.Throws<NonFiniteLossException>(() => Train("nan", config, factor: batch => batch >= 22 ? float.PositiveInfinity : 1));
        Assert.Equal(25, error.Step);
        Assert.Contains("step-00000020", error.Message);
        Assert.Contains("step-00000025.json", error.Message);
        Assert.True(Directory.Exists(Path.Combine(folder, "nan", "step-00000020")));
        Assert.False(Directory.Exists(Path.Combine(folder, "nan", "step-00000030")));
    }

    [Fact]
    public void A_loss_spike_is_reported_with_its_cases_also_after_a_resume()
    {
        TestTraining config = new() { Steps = 60, CheckpointEvery = 35, Optimizer = new OptimizerConfig { Lr = 1e-6, WeightDecay = 0 } };
        (_, TestLog log) = Train("spike", config, factor: batch => batch == 40 ? 500 : 1);
        Assert.Equal([41], log.Metrics.Where(metric => metric.Key == "loss_spike").Select(metric => metric.Step));
        Assert.Contains("case-40-0", Assert.Single(log.Notes, note => note.Contains("spike", StringComparison.Ordinal)));
        Directory.Delete(Path.Combine(folder, "spike", "step-00000060"), recursive: true);
        (_, TestLog again) = Train("spike", config, factor: batch => batch == 40 ? 500 : 1);
        Assert.Equal([35], again.ResumedAt);
        Assert.Equal([41], again.Metrics.Where(metric => metric.Key == "loss_spike").Select(metric => metric.Step));
    }

    [Fact]
    public void A_checkpoint_of_another_experiment_is_restored_only_if_the_change_was_accepted()
    {
        Train("other", new TestTraining { Steps = 30 });
        var warnings = new List<string>();
        var store = new CheckpointStore(Path.Combine(folder, "other"), new Retention(2, 0), warnings.Add);
        Assert.Null(store.Newest(new RunIdentity("another", "", []).Accepts));
        Assert.Equal(2, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains("another experiment", warning));
        Assert.Equal(30, store.Newest(new RunIdentity("another", "", ["experiment"]).Accepts)!.Value.State.Step);
    }

    [Fact]
    public void Live_tensors_do_not_grow_over_steps()
    {
        // Counted while training, at two steps with nothing but steps between them.
        var counts = new List<long>();
        Train("flat", new TestTraining { Steps = 30 }, onBatch: _ => counts.Add(Tensor.TotalCount));
        Assert.Equal(counts[21], counts[28]);
    }

    [Fact]
    public void Time_and_gradient_norm_are_logged()
    {
        (_, TestLog log) = Train("metrics", new TestTraining { Steps = 10, Epochs = null });
        foreach (string key in (string[])["loss", "lr", "grad_norm", "volumes_per_second", "time.data_wait", "time.forward", "time.backward", "time.optimizer", "time.logging"])
            Assert.Equal([5, 10], log.Metrics.Where(metric => metric.Key == key).Select(metric => metric.Step));
        Assert.All(log.Metrics.Where(metric => metric.Key.StartsWith("time.", StringComparison.Ordinal)), metric => Assert.InRange(metric.Value, 0, 60));
    }

    [Fact]
    public void The_time_budget_interrupts_after_a_checkpoint_and_the_rest_is_the_same()
    {
        TestTraining config = new() { Steps = 30 };
        (float[] whole, _) = Train("unlimited", config);
        var clock = new ManualClock();
        var budget = new TimeBudget(TimeSpan.FromHours(8), clock);
        TimeBudgetException error = Assert.Throws<TimeBudgetException>(() => Train("limited", config, onBatch: _ => clock.Now += TimeSpan.FromMinutes(45), budget: budget));
        Assert.Contains("8:00:00", error.Message);
        Assert.True(Directory.Exists(Path.Combine(folder, "limited", "step-00000011")));
        (float[] rest, TestLog log) = Train("limited", config);
        Assert.Equal([11], log.ResumedAt);
        Assert.Equal(whole, rest);
    }

    [Fact]
    public void A_training_with_a_longest_time_is_complete_after_it_however_often_it_was_stopped()
    {
        TestTraining config = new() { Steps = 30, MaxTime = TimeSpan.FromHours(7) };
        var clock = new ManualClock();
        void Work(int _) => clock.Now += TimeSpan.FromMinutes(45);
        Train("timed", config, onBatch: Work, clock: clock);
        Assert.True(Directory.Exists(Path.Combine(folder, "timed", "step-00000010")));
        Assert.False(Directory.Exists(Path.Combine(folder, "timed", "step-00000011")));
        Assert.Throws<OperationCanceledException>(() => Train("stopped", config, stopAt: 4, onBatch: Work, clock: clock));
        Train("stopped", config, onBatch: Work, clock: clock);
        Assert.True(Directory.Exists(Path.Combine(folder, "stopped", "step-00000010")));
        Assert.False(Directory.Exists(Path.Combine(folder, "stopped", "step-00000011")));
    }

    [Fact]
    public void Deterministic_mode_can_be_switched()
    {
        Assert.False(Determinism.IsOn);
        Determinism.Set(true);
        Assert.True(Determinism.IsOn);
        Determinism.Set(false);
        Assert.False(Determinism.IsOn);
    }

    private static int Step(string line) => int.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private (float[] Weights, TestLog Log) Train(
        string name, TestTraining config, int stopAt = int.MaxValue, Func<int, float>? factor = null, Action<int>? onBatch = null, Action<Regression>? made = null, int rows = 4, TimeBudget? budget = null, TimeProvider? clock = null)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(0);
        using var stop = new CancellationTokenSource();
        var objective = new Regression
        {
            Rows = rows,
            Factor = factor ?? (_ => 1),
            OnBatch = batch =>
            {
                onBatch?.Invoke(batch);
                if (batch / config.GradAccumulation + 1 == stopAt) stop.Cancel();
            },
        };
        made?.Invoke(objective);
        var log = new TestLog();
        List<TrainingCallback> callbacks = [new BadStepGuard(Path.Combine(folder, name, "bad-steps"), config.MaxBadSteps), new SpikeDetector(), new StepLog()];
        if (config.MaxTime is { } most) callbacks.Add(new MaxTimeCallback(most));
        if (budget is not null) callbacks.Add(new TimeBudgetCallback(budget));
        new Trainer(objective, config.Options(), callbacks, new CheckpointStore(Path.Combine(folder, name), new Retention(2, 0), log.Warn), log, clock ?? TimeProvider.System).Run(stop.Token);
        return (objective.Weights, log);
    }
}
