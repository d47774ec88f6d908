using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Callbacks;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Best checkpoint, early end, interrupted validations.</summary>
public sealed class ValidationCallbackTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-validation-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_best_checkpoint_is_kept_and_used_by_later_stages()
    {
        TrainResult result = Train(new ValidationConfig { Every = 4 }, step => step switch { 4 => 0.2, 8 => 0.7, _ => 0.5 }, out ValidationCallback validation, out _);
        Assert.Equal((0.7, 8), validation.Best);
        Assert.Null(result.EndReason);
        Assert.Equal(["step-00000008", "step-00000020", "step-00000030"], Checkpoints());
        Assert.Contains("step-00000008", CheckpointStore.WeightsOf(folder));
    }

    [Fact]
    public void Without_use_best_the_last_checkpoint_is_used()
    {
        Train(new ValidationConfig { Every = 4, UseBest = false }, step => step == 8 ? 0.7 : 0.5, out _, out _);
        Assert.Equal(["step-00000020", "step-00000030"], Checkpoints());
        Assert.Contains("step-00000030", CheckpointStore.WeightsOf(folder));
    }

    [Fact]
    public void Patience_ends_the_training_and_a_resume_does_not_continue_it()
    {
        var config = new ValidationConfig { Every = 4, Patience = 2 };
        TrainResult result = Train(config, step => step <= 8 ? 0.1 * step : 0.1, out _, out _);
        Assert.Equal(16, result.Steps);
        Assert.Contains("step 8", result.EndReason);
        result = Train(config, _ => throw new InvalidOperationException("It is over."), out _, out TestLog log);
        Assert.Equal((16, 16), (result.Steps, Assert.Single(log.ResumedAt)));
        Assert.Contains("step 8", result.EndReason);
    }

    [Fact]
    public void An_interrupted_validation_is_repeated_before_the_next_step()
    {
        var validated = new List<int>();
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(new ValidationConfig { Every = 8 }, step =>
        {
            stop.Cancel();
            throw new OperationCanceledException();
        }, out _, out _, stop));
        Assert.Equal(["step-00000008"], Checkpoints());
        Train(new ValidationConfig { Every = 8 }, step =>
        {
            validated.Add(step);
            return 0.1;
        }, out _, out TestLog log);
        Assert.Equal([8], log.ResumedAt);
        Assert.Equal([8, 16, 24, 30], validated);
    }

    [Fact]
    public void A_best_checkpoint_that_could_not_be_written_is_not_the_best()
    {
        // The disk is full at step 8, and has room again later.
        bool full = false;
        FileStream Create(string path) => full ? throw new IOException("No space left on device") : new FileStream(path, FileMode.Create);
        Train(new ValidationConfig { Every = 4 }, step =>
        {
            full = step == 8;
            return step switch { 4 => 0.2, 8 => 0.9, 16 => 0.6, _ => 0.5 };
        }, out ValidationCallback validation, out TestLog log, create: Create);
        Assert.Contains(log.Warnings, warning => warning.Contains("STEP 8", StringComparison.Ordinal) && warning.Contains("step-00000004", StringComparison.Ordinal));
        Assert.Equal((0.6, 16), validation.Best);
        Assert.Contains("step-00000016", CheckpointStore.WeightsOf(folder));
    }

    private IEnumerable<string> Checkpoints() => Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)!;

    private TrainResult Train(
        ValidationConfig config, Func<int, double?> validate, out ValidationCallback validation, out TestLog log, CancellationTokenSource? stop = null, Func<string, FileStream>? create = null)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(0);
        log = new TestLog();
        validation = new ValidationCallback(config, (step, _) => validate(step));
        var store = new CheckpointStore(folder, new Retention(2, 0), log.Warn, create);
        return new Trainer(new Regression(), new TestTraining { Steps = 30 }.Options(), [new StepLog(), validation], store, log, TimeProvider.System).Run(stop?.Token ?? CancellationToken.None);
    }
}
