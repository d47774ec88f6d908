using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Stages;

/// <summary>Scores of predicted label maps.</summary>
/// <param name="Settings">What was scored, and how.</param>
/// <param name="Cases">Scores of each case.</param>
/// <param name="Summaries">One summary per metric, Dice first.</param>
public sealed record EvaluationResult(EvaluationSettings Settings, IReadOnlyList<CaseResult> Cases, IReadOnlyList<MetricSummary> Summaries)
{
    /// <summary>Mean Dice per class over the cases that have it; null if none has.</summary>
    public IReadOnlyList<double?> PerClass => [.. Dice.PerClass.Select(statistic => statistic?.Mean)];

    /// <summary>Mean over cases of the mean Dice over classes, as MONAI's reduction "mean".</summary>
    public double? Mean => Dice.Mean(Settings.Policy)?.Mean;

    /// <summary>Whether <see cref="Mean"/> counts background.</summary>
    public bool IncludesBackground => Settings.Policy.IncludeBackground;

    private MetricSummary Dice => Summaries[0];

    /// <summary>Summarises the scores of cases.</summary>
    /// <param name="settings">What was scored, and how.</param>
    /// <param name="cases">Scores of each case; at least one.</param>
    /// <param name="bootstrapSamples">Bootstrap draws for the confidence intervals; 0 for none.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static EvaluationResult Of(EvaluationSettings settings, IReadOnlyList<CaseResult> cases, int bootstrapSamples, int seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new EvaluationResult(settings, cases, [.. settings.Metrics.Select(metric => MetricSummary.Of(metric, cases, bootstrapSamples, seed))]);
    }
}
