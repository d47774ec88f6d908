using System.Globalization;
using System.Text.Json.Nodes;

namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>Logs loss, learning rate, gradient norm, throughput and the time of each phase, and reports progress.</summary>
public sealed class StepLog : TrainingCallback
{
    private static readonly (StepPhase Phase, string Key)[] Phases =
        [(StepPhase.DataWait, "time.data_wait"), (StepPhase.Forward, "time.forward"), (StepPhase.Backward, "time.backward"), (StepPhase.Exchange, "time.exchange"), (StepPhase.Optimizer, "time.optimizer"), (StepPhase.Logging, "time.logging")];

    private double lossSum;
    private int lossCount;
    private double normSum;
    private Interval last = new(0, []);

    /// <summary>The mean loss that was logged last; NaN before the first.</summary>
    public double LastLoss { get; private set; } = double.NaN;

    /// <inheritdoc/>
    public override JsonObject Save() => new()
    {
        ["loss_sum"] = lossSum, ["loss_count"] = lossCount, ["norm_sum"] = normSum, ["last_loss"] = double.IsFinite(LastLoss) ? LastLoss : null,
    };

    /// <inheritdoc/>
    public override void Load(JsonObject state)
    {
        ArgumentNullException.ThrowIfNull(state);
        lossSum = (double)state["loss_sum"]!;
        lossCount = (int)state["loss_count"]!;
        normSum = (double)state["norm_sum"]!;
        LastLoss = (double?)state["last_loss"] ?? double.NaN;
    }

    /// <inheritdoc/>
    public override void Started(TrainingRun run, CancellationToken cancel) => last = Interval.Of(run);

    /// <inheritdoc/>
    public override void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (step.Applied)
        {
            lossSum += step.Loss;
            normSum += step.GradNorm;
            lossCount++;
        }
        if (step.Step % run.Options.LogEvery != 0 && step.Step != run.Options.Length.Steps) return;
        if (lossCount > 0)
        {
            LastLoss = lossSum / lossCount;
            run.Logger.Metric("loss", LastLoss, step.Step);
            run.Logger.Metric("grad_norm", normSum / lossCount, step.Step);
        }
        (lossSum, normSum, lossCount) = (0, 0, 0);
        foreach ((string name, double value) in run.Objective.Terms?.Read() ?? []) run.Logger.Metric($"loss.{name}", value, step.Step);
        run.Logger.Metric("lr", step.Lr, step.Step);
        if (run.Options.Length.Epochs is not null) run.Logger.Metric("epoch", run.Options.Length.EpochOf(step.Step), step.Step);
        Report(run, step.Step);
    }

    /// <inheritdoc/>
    public override TrainResult AddTo(TrainResult result) => result with { LastLoss = LastLoss };

    private void Report(TrainingRun run, int step)
    {
        Interval now = Interval.Of(run);
        int steps = now.Step - last.Step;
        bool isAlone = run.Options.Group.Size == 1;
        foreach ((StepPhase phase, string key) in Phases.Where(entry => !(isAlone && entry.Phase == StepPhase.Exchange))) run.Logger.Metric(key, (now.Seconds[(int)phase] - last.Seconds[(int)phase]) / steps, step);
        run.Logger.Metric("peak_memory_mib", PeakMemory.Bytes() / (double)(1 << 20), step);
        double perStep = (now.Training - last.Training) / steps, withOthers = (now.Total - last.Total) / steps;
        double rate = run.Objective.BatchSize * run.Options.GradAccumulation / perStep;
        run.Logger.Metric("volumes_per_second", rate, step);
        run.Logger.Progress(step, run.Options.Length.Steps, string.Create(CultureInfo.InvariantCulture, $"loss {LastLoss:F4}, {rate:F1} volumes/s"),
            TimeSpan.FromSeconds(withOthers * (run.Options.Length.Steps - step)));
        last = now;
    }

    private sealed record Interval(int Step, double[] Seconds)
    {
        public double Total => Seconds.Sum();

        public double Training => Phases.Sum(entry => Seconds[(int)entry.Phase]);

        public static Interval Of(TrainingRun run) => new(run.Step, [.. Enum.GetValues<StepPhase>().Select(phase => run.Clock[phase])]);
    }
}
