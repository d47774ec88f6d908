using System.Diagnostics;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Metrics;

/// <summary>Voxels and bounding boxes of every class of two label maps, in one pass over both. Voxels that both maps ignore count nowhere.</summary>
internal sealed class LabelTally
{
    private readonly int numClasses;

    private LabelTally(int numClasses)
    {
        this.numClasses = numClasses;
        Predicted = new long[numClasses];
        Truth = new long[numClasses];
        Both = new long[numClasses];
        Boxes = new LabelBounds[numClasses];
        Array.Fill(Boxes, LabelBounds.Nothing);
    }

    public long[] Predicted { get; }

    public long[] Truth { get; }

    public long[] Both { get; }

    /// <summary>Bounding box of the union of both maps, by class.</summary>
    public LabelBounds[] Boxes { get; }

    /// <exception cref="ArgumentException">A voxel has an unknown class.</exception>
    public static LabelTally Of(ushort[] prediction, ushort[] truth, Size3 size, int numClasses)
    {
        var total = new LabelTally(numClasses);
        var adding = new Lock();
        bool outside = false;
        Parallel.For(0, size.X, () => new LabelTally(numClasses), (x, _, part) =>
        {
            if (!part.AddPlane(prediction, truth, size, x)) Volatile.Write(ref outside, true);
            return part;
        }, part =>
        {
            lock (adding) total.Add(part);
        });
        if (outside) throw new ArgumentException($"A label map has a voxel of a class beyond {numClasses - 1}.", nameof(prediction));
        return total;
    }

    private bool AddPlane(ushort[] prediction, ushort[] truth, Size3 size, int x)
    {
        for (int y = 0; y < size.Y; y++)
        {
            int row = (x * size.Y + y) * size.Z;
            ReadOnlySpan<ushort> predicted = prediction.AsSpan(row, size.Z), actual = truth.AsSpan(row, size.Z);
            // Counts runs of equal pairs instead of voxels, because most of a scan is background.
            for (int z = 0; z < size.Z;)
            {
                ushort a = predicted[z], b = actual[z];
                int end = Math.Min(RunEnd(predicted, z, a), RunEnd(actual, z, b));
                int length = end - z;
                if (a == DatasetInfo.IgnoredIndex && b == DatasetInfo.IgnoredIndex)
                {
                    z = end;
                    continue;
                }
                if (a >= numClasses || b >= numClasses) return false;
                Predicted[a] += length;
                Truth[b] += length;
                if (a == b) Both[a] += length;
                Boxes[a] = Boxes[a].With(x, y, z, end - 1);
                if (a != b) Boxes[b] = Boxes[b].With(x, y, z, end - 1);
                z = end;
            }
        }
        return true;
    }

    private static int RunEnd(ReadOnlySpan<ushort> row, int start, ushort value)
    {
        int length = row[start..].IndexOfAnyExcept(value);
        return length < 0 ? row.Length : start + length;
    }

    private void Add(LabelTally other)
    {
        Debug.Assert(other.numClasses == numClasses, "tallies of one comparison");
        for (int k = 0; k < numClasses; k++)
        {
            Predicted[k] += other.Predicted[k];
            Truth[k] += other.Truth[k];
            Both[k] += other.Both[k];
            Boxes[k] = Boxes[k].Union(other.Boxes[k]);
        }
    }
}
