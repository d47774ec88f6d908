using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Scores label maps by a policy. Not thread-safe.</summary>
public sealed class CaseScorer(ScoringPolicy policy, IReadOnlyList<ScoreMetric> metrics, int numClasses, IReadOnlyList<LabelRegion>? regions = null)
{
    private readonly LabelComparer comparer = new(metrics.Any(metric => metric.IsOfSurfaces()), policy.SurfaceToleranceMm);

    /// <summary>Scores one case.</summary>
    /// <param name="name">Its id.</param>
    /// <param name="prediction">Class indices.</param>
    /// <param name="truth">Class indices on the same grid. Voxels that are <see cref="DatasetInfo.IgnoredIndex"/> count nowhere.</param>
    /// <exception cref="VolumeException">The maps differ in size, or a voxel has a value that is not a class.</exception>
    public CaseResult Score(string name, Volume<ushort> prediction, Volume<ushort> truth)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(truth);
        if (prediction.Size != truth.Size) throw new VolumeException($"Case '{name}': the prediction has {prediction.Size} voxels and the truth {truth.Size}.");
        ushort[] predicted = Ignoring(prediction.Voxels, truth.Voxels);
        int most = Math.Max(Most(predicted), Most(truth.Voxels));
        if (most >= numClasses) throw new VolumeException($"Case '{name}' has label {most}, but there are classes 0 to {numClasses - 1} only.");
        Spacing3 spacing = truth.Affine.Spacing;
        OrganMeasure[] measures = regions is { Count: > 0 } ? Measure(predicted, truth, spacing, regions) : comparer.Measure(predicted, truth.Voxels, truth.Size, spacing, numClasses);
        double penalty = ScoringPolicy.Diagonal(truth.Size, spacing);
        var scores = new Dictionary<ScoreMetric, IReadOnlyList<double?>>();
        foreach (ScoreMetric metric in metrics)
        {
            // Background has no surface of its own and is not a region.
            scores[metric] = [.. measures.Select((measure, label) => label == 0 && (metric.IsOfSurfaces() || regions is { Count: > 0 }) ? null : policy.Score(metric, measure, penalty))];
        }
        return new CaseResult(name, scores, [.. measures.Select(measure => measure.PredictedMl)], [.. measures.Select(measure => measure.TruthMl)]);
    }

    // Scores the background, then each region as a map of two classes.
    private OrganMeasure[] Measure(ushort[] predicted, Volume<ushort> truth, Spacing3 spacing, IReadOnlyList<LabelRegion> all)
    {
        OrganMeasure Of(bool[] isMember, int index) => comparer.Measure(Binary(predicted, isMember), Binary(truth.Voxels, isMember), truth.Size, spacing, 2)[index];
        bool[] any = [.. Enumerable.Range(0, numClasses).Select(label => all.Any(region => region.Classes.Contains(label)))];
        return [Of(any, 0), .. all.Select(region => Of([.. Enumerable.Range(0, numClasses).Select(region.Classes.Contains)], 1))];
    }

    private static ushort[] Binary(ushort[] labels, bool[] isMember)
    {
        var binary = new ushort[labels.Length];
        for (int i = 0; i < labels.Length; i++) binary[i] = labels[i] == DatasetInfo.IgnoredIndex ? DatasetInfo.IgnoredIndex : isMember[labels[i]] ? (ushort)1 : (ushort)0;
        return binary;
    }

    // The prediction, in which the voxels ignored in the truth are ignored too.
    private static ushort[] Ignoring(ushort[] prediction, ushort[] truth)
    {
        int at = Array.IndexOf(truth, DatasetInfo.IgnoredIndex);
        if (at < 0) return prediction;
        var copy = (ushort[])prediction.Clone();
        for (; at < truth.Length; at++)
        {
            if (truth[at] == DatasetInfo.IgnoredIndex) copy[at] = DatasetInfo.IgnoredIndex;
        }
        return copy;
    }

    private static int Most(ushort[] voxels)
    {
        ushort most = voxels.Max();
        return most != DatasetInfo.IgnoredIndex ? most : voxels.Where(voxel => voxel != DatasetInfo.IgnoredIndex).DefaultIfEmpty().Max();
    }
}
