using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Scores label maps by a policy. Not thread-safe.</summary>
public sealed class CaseScorer(ScoringPolicy policy, IReadOnlyList<ScoreMetric> metrics, int numClasses)
{
    private readonly LabelComparer comparer = new(metrics.Any(metric => metric.IsOfSurfaces()), policy.SurfaceToleranceMm);

    /// <summary>Scores one case.</summary>
    /// <param name="name">Its id.</param>
    /// <param name="prediction">Class indices.</param>
    /// <param name="truth">Class indices on the same grid.</param>
    /// <exception cref="VolumeException">The maps differ in size, or a voxel has a value that is no class.</exception>
    public CaseResult Score(string name, Volume<ushort> prediction, Volume<ushort> truth)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(truth);
        if (prediction.Size != truth.Size) throw new VolumeException($"Case '{name}': the prediction has {prediction.Size} voxels and the truth {truth.Size}.");
        ushort most = Math.Max(prediction.Voxels.Max(), truth.Voxels.Max());
        if (most >= numClasses) throw new VolumeException($"Case '{name}' has label {most}, but there are classes 0 to {numClasses - 1} only.");
        Spacing3 spacing = truth.Affine.Spacing;
        OrganMeasure[] measures = comparer.Measure(prediction.Voxels, truth.Voxels, truth.Size, spacing, numClasses);
        double penalty = ScoringPolicy.Diagonal(truth.Size, spacing);
        var scores = new Dictionary<ScoreMetric, IReadOnlyList<double?>>();
        foreach (ScoreMetric metric in metrics)
        {
            // Background has no surface of its own.
            scores[metric] = [.. measures.Select((measure, label) => label == 0 && metric.IsOfSurfaces() ? null : policy.Score(metric, measure, penalty))];
        }
        return new CaseResult(name, scores, [.. measures.Select(measure => measure.PredictedMl)], [.. measures.Select(measure => measure.TruthMl)]);
    }
}
