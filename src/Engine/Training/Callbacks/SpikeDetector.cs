using System.Globalization;
using System.Text.Json.Nodes;

namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>Flags losses that stand out from the last ones: those above the median by many median absolute deviations, which a few spikes hardly change.</summary>
public sealed class SpikeDetector : TrainingCallback
{
    private const int Window = 64, Fewest = 20;
    private const double Deviations = 8;

    /// <summary>Standard deviation of normally distributed values, in median absolute deviations.</summary>
    private const double ToStandardDeviation = 1.4826;

    /// <summary>Smallest deviation, as a fraction of the median. If losses hardly vary, small differences are not spikes.</summary>
    private const double LeastPart = 0.02;

    private readonly double[] ring = new double[Window];
    private readonly double[] sorted = new double[Window];
    private int count;

    /// <summary>Number of losses that stood out.</summary>
    public int Total { get; private set; }

    /// <inheritdoc/>
    public override JsonObject Save() => new()
    {
        ["count"] = count, ["total"] = Total, ["losses"] = new JsonArray([.. ring.Take(Math.Min(count, Window)).Select(loss => (JsonNode)loss)]),
    };

    /// <inheritdoc/>
    public override void Load(JsonObject state)
    {
        ArgumentNullException.ThrowIfNull(state);
        count = (int)state["count"]!;
        Total = (int)state["total"]!;
        JsonArray losses = state["losses"]!.AsArray();
        for (int i = 0; i < losses.Count; i++) ring[i] = (double)losses[i]!;
    }

    /// <inheritdoc/>
    public override void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!step.Applied) return;
        if (count >= Fewest && Bound(out double median) is double bound && step.Loss > bound)
        {
            Total++;
            int batch = (step.Step - 1) * run.Options.GradAccumulation;
            string cases = string.Join(", ", Enumerable.Range(batch, run.Options.GradAccumulation).SelectMany(run.Objective.CasesOf).Distinct());
            run.Logger.Metric("loss_spike", step.Loss, step.Step);
            run.Logger.Note(string.Create(CultureInfo.InvariantCulture, $"loss spike at step {step.Step}: {step.Loss:G4}, where {median:G4} is usual; gradient norm {step.GradNorm:G4}; cases {cases}."));
        }
        ring[count++ % Window] = step.Loss;
    }

    /// <inheritdoc/>
    public override TrainResult AddTo(TrainResult result) => result with { LossSpikes = Total };

    private double Bound(out double median)
    {
        int length = Math.Min(count, Window);
        Span<double> values = sorted.AsSpan(0, length);
        ring.AsSpan(0, length).CopyTo(values);
        median = Median(values);
        for (int i = 0; i < length; i++) values[i] = Math.Abs(values[i] - median);
        double deviation = Math.Max(ToStandardDeviation * Median(values), LeastPart * Math.Abs(median));
        return median + Deviations * deviation;
    }

    private static double Median(Span<double> values)
    {
        values.Sort();
        return values.Length % 2 == 1 ? values[values.Length / 2] : 0.5 * (values[values.Length / 2 - 1] + values[values.Length / 2]);
    }
}
