using HiEndMae.Imaging;

namespace HiEndMae.Engine.Metrics;

/// <summary>Compares label maps class by class. It keeps its working memory for the next case and uses several threads, but is not thread-safe.</summary>
/// <param name="surfaces">Whether distances between surfaces are measured.</param>
/// <param name="toleranceMm">Tolerance of the surface Dice.</param>
public sealed class LabelComparer(bool surfaces, double toleranceMm)
{
    private byte[] marks = [];
    private float[] squared = [];

    /// <summary>Measures every class.</summary>
    /// <param name="prediction">[X, Y, Z] class indices, z fastest.</param>
    /// <param name="truth">Class indices of the same voxels.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="spacing">Distance between voxels, mm.</param>
    /// <param name="numClasses">K; indices are below it, 0 is background.</param>
    /// <returns>One measure per class.</returns>
    /// <exception cref="ArgumentException">The lengths of the maps differ from the size, or a voxel has an unknown class.</exception>
    public OrganMeasure[] Measure(ushort[] prediction, ushort[] truth, Size3 size, Spacing3 spacing, int numClasses)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(truth);
        if (prediction.LongLength != size.Count || truth.LongLength != size.Count)
            throw new ArgumentException($"{prediction.Length} predicted voxels and {truth.Length} true ones do not fill {size}.", nameof(prediction));
        LabelTally tally = LabelTally.Of(prediction, truth, size, numClasses);
        double millilitres = spacing.X * spacing.Y * spacing.Z / 1000;
        var measures = new OrganMeasure[numClasses];
        for (int k = 0; k < numClasses; k++)
        {
            bool inBoth = tally.Predicted[k] > 0 && tally.Truth[k] > 0;
            SurfaceMeasure? surface = surfaces && k > 0 && inBoth ? Surfaces(prediction, truth, size, spacing, tally.Boxes[k], (ushort)k) : null;
            measures[k] = new OrganMeasure(tally.Predicted[k], tally.Truth[k], tally.Both[k], millilitres, surface);
        }
        return measures;
    }

    private SurfaceMeasure Surfaces(ushort[] prediction, ushort[] truth, Size3 size, Spacing3 spacing, LabelBounds box, ushort label)
    {
        Size3 extent = box.Size;
        int voxels = checked((int)extent.Count);
        if (marks.Length < voxels)
        {
            marks = new byte[voxels];
            squared = new float[voxels];
        }
        SurfaceVoxels.Mark(prediction, truth, size, box, label, marks);
        float[] toTruth = Distances(SurfaceVoxels.Predicted, SurfaceVoxels.Truth, extent, spacing);
        float[] toPrediction = Distances(SurfaceVoxels.Truth, SurfaceVoxels.Predicted, extent, spacing);
        double within = Within(toTruth) + Within(toPrediction);
        return new SurfaceMeasure(
            Math.Max(Percentile95(toTruth), Percentile95(toPrediction)), Mean(toTruth), Mean(toPrediction),
            toTruth.Length, toPrediction.Length, within / ((double)toTruth.Length + toPrediction.Length));
    }

    // Sorted distances from every surface voxel of one map to the surface of the other.
    private float[] Distances(byte from, byte to, Size3 extent, Spacing3 spacing)
    {
        DistanceTransform.Squared(marks, to, extent, spacing, squared);
        int voxels = (int)extent.Count, count = 0;
        foreach (byte mark in marks.AsSpan(0, voxels)) count += (mark & from) != 0 ? 1 : 0;
        var distances = new float[count];
        for (int i = 0, at = 0; at < count; i++)
        {
            if ((marks[i] & from) != 0) distances[at++] = MathF.Sqrt(squared[i]);
        }
        Array.Sort(distances);
        return distances;
    }

    private static double Percentile95(float[] sorted)
    {
        double rank = 0.95 * (sorted.Length - 1);
        int low = (int)rank, high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (rank - low) * ((double)sorted[high] - sorted[low]);
    }

    private static double Mean(float[] distances)
    {
        double sum = 0;
        foreach (float distance in distances) sum += distance;
        return sum / distances.Length;
    }

    // A distance equal to the tolerance is within it, whatever the rounding of its last bit.
    private int Within(float[] distances) => distances.Count(distance => distance <= toleranceMm * (1 + 1e-6));
}
