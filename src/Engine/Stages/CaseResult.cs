using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Stages;

/// <summary>Scores of one case.</summary>
/// <param name="Case">Its id.</param>
/// <param name="Scores">For each metric one score per class, background first; null if a class does not count. Dice is always present.</param>
/// <param name="PredictedMl">Volume of each class in the prediction, ml.</param>
/// <param name="TruthMl">Volume of each class in the truth, ml.</param>
public sealed record CaseResult(
    string Case, IReadOnlyDictionary<ScoreMetric, IReadOnlyList<double?>> Scores, IReadOnlyList<double> PredictedMl, IReadOnlyList<double> TruthMl)
{
    /// <summary>Dice per class, background first, 0 to 1.</summary>
    public IReadOnlyList<double?> Dice => Scores[ScoreMetric.Dice];

    /// <summary>Returns the mean of a metric over the classes that count; null if no class counts. Surface metrics never count background.</summary>
    public double? Mean(ScoreMetric metric, bool includeBackground) =>
        Scores[metric].Skip(includeBackground && !metric.IsOfSurfaces() ? 0 : 1).Average();
}
