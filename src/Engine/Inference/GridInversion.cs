using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Brings outputs from the model's grid back to the grid of the file: probabilities are interpolated linearly, then each voxel takes the most probable class.</summary>
/// <remarks>Resampling labels instead would keep the steps of the coarser grid. The target is filled in slabs, each from the box of the source that it needs, so that the
/// outputs are never held twice.</remarks>
internal static class GridInversion
{
    private const long SlabValues = 1 << 24;

    /// <param name="outputs">[1, K, X, Y, Z], logits or probabilities, of any precision and on any device.</param>
    /// <param name="areProbabilities">Whether the outputs are probabilities. If not, their softmax is.</param>
    /// <param name="source">Affine of the outputs.</param>
    /// <param name="target">Grid of the file.</param>
    /// <param name="keepProbabilities">Whether the probabilities are returned beside the labels.</param>
    /// <param name="cancel">Stops between slabs.</param>
    /// <param name="slabValues">Values of a slab, of all classes together.</param>
    public static OriginalPrediction Invert(Tensor outputs, bool areProbabilities, Affine source, VolumeGrid target, bool keepProbabilities, CancellationToken cancel, long slabValues = SlabValues)
    {
        (Size3 size, Affine affine) = (target.Size, target.Affine);
        long[] shape = outputs.shape;
        int classes = (int)shape[1];
        var from = new Size3((int)shape[2], (int)shape[3], (int)shape[4]);
        var labels = new ushort[size.Count];
        Volume<float>? probabilities = keepProbabilities ? new Volume<float>(classes, size, affine, new float[classes * size.Count]) : null;
        int thickness = (int)Math.Clamp(slabValues / ((long)size.Y * size.Z * classes), 1, size.X);
        for (int x = 0; x < size.X; x += thickness)
        {
            cancel.ThrowIfCancellationRequested();
            var slab = new Size3(Math.Min(thickness, size.X - x), size.Y, size.Z);
            Affine slabAffine = affine.After(Shift(x, 0, 0));
            (Size3 start, Size3 extent) = Needed(source.Inverse().After(slabAffine), slab, from);
            var box = new Volume<float>(classes, extent, source.After(Shift(start.X, start.Y, start.Z)), Read(outputs, start, extent, areProbabilities));
            Volume<float> part = Resampler.Resample(box, slab, slabAffine);
            MostProbable(part, labels.AsMemory(x * size.Y * size.Z, (int)slab.Count));
            if (probabilities is null) continue;
            for (int k = 0; k < classes; k++) part.Channel(k).CopyTo(probabilities.Channel(k)[(x * size.Y * size.Z)..]);
        }
        return new OriginalPrediction(new Volume<ushort>(1, size, affine, labels), probabilities);
    }

    private static float[] Read(Tensor outputs, Size3 start, Size3 extent, bool areProbabilities)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor box = SlidingWindow.View(outputs, start, extent).to(ScalarType.Float32);
        if (!areProbabilities) box = box.softmax(1);
        return box.cpu().contiguous().data<float>().ToArray();
    }

    private static void MostProbable(Volume<float> probabilities, Memory<ushort> labels)
    {
        int plane = probabilities.Size.Y * probabilities.Size.Z;
        Parallel.For(0, probabilities.Size.X, () => new float[plane], (x, _, best) =>
        {
            probabilities.Channel(0).Slice(x * plane, plane).CopyTo(best);
            Span<ushort> row = labels.Span.Slice(x * plane, plane);
            row.Clear();
            for (int k = 1; k < probabilities.Channels; k++)
            {
                ReadOnlySpan<float> candidate = probabilities.Channel(k).Slice(x * plane, plane);
                for (int i = 0; i < plane; i++)
                {
                    if (candidate[i] <= best[i]) continue;
                    best[i] = candidate[i];
                    row[i] = (ushort)k;
                }
            }
            return best;
        }, _ => { });
    }

    // The box of source voxels around the positions of a slab, clipped to the source.
    private static (Size3 Start, Size3 Extent) Needed(Affine map, Size3 slab, Size3 source)
    {
        (double X, double Y, double Z)[] corners = [.. from x in (int[])[0, slab.X - 1] from y in (int[])[0, slab.Y - 1] from z in (int[])[0, slab.Z - 1] select map.Apply(x, y, z)];
        (int x0, int x1) = Range(corners.Min(c => c.X), corners.Max(c => c.X), source.X);
        (int y0, int y1) = Range(corners.Min(c => c.Y), corners.Max(c => c.Y), source.Y);
        (int z0, int z1) = Range(corners.Min(c => c.Z), corners.Max(c => c.Z), source.Z);
        return (new Size3(x0, y0, z0), new Size3(x1 - x0 + 1, y1 - y0 + 1, z1 - z0 + 1));
    }

    private static (int First, int Last) Range(double low, double high, int length) =>
        ((int)Math.Clamp(Math.Floor(low) - 1, 0, length - 1), (int)Math.Clamp(Math.Ceiling(high) + 1, 0, length - 1));

    private static Affine Shift(int x, int y, int z) => new(1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z);
}
