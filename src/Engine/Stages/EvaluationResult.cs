using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Stages;

/// <summary>Scores of label maps against their truths.</summary>
/// <param name="Settings">What was scored, where and by which policy.</param>
/// <param name="Cases">By case.</param>
/// <param name="Summaries">By metric, Dice first.</param>
public sealed record EvaluationResult(EvaluationSettings Settings, IReadOnlyList<CaseResult> Cases, IReadOnlyList<MetricSummary> Summaries)
{
    /// <summary>Mean Dice per class over the cases that have it; null where none has.</summary>
    public IReadOnlyList<double?> PerClass => [.. Dice.PerClass.Select(statistic => statistic?.Mean)];

    /// <summary>Mean over cases of their mean Dice over classes, as MONAI's reduction "mean".</summary>
    public double? Mean => Dice.Mean(Settings.Policy)?.Mean;

    /// <summary>Whether <see cref="Mean"/> counts background.</summary>
    public bool IncludesBackground => Settings.Policy.IncludeBackground;

    private MetricSummary Dice => Summaries[0];

    /// <summary>Sums up cases.</summary>
    /// <param name="settings">Of the evaluation.</param>
    /// <param name="cases">At least one.</param>
    /// <param name="bootstrapSamples">Draws for the intervals; 0 for none.</param>
    /// <param name="seed">Of the draws.</param>
    public static EvaluationResult Of(EvaluationSettings settings, IReadOnlyList<CaseResult> cases, int bootstrapSamples, int seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new EvaluationResult(settings, cases, [.. settings.Metrics.Select(metric => MetricSummary.Of(metric, cases, bootstrapSamples, seed))]);
    }
}
