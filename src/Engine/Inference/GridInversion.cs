using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Brings outputs from the model's grid back to the grid of the file: probabilities are interpolated linearly, then each voxel gets its class.</summary>
/// <remarks>Resampling labels instead would keep the steps of the coarser grid. The target is filled in slabs, each from the box of the source that it needs, so that the
/// outputs are never held twice.</remarks>
internal static class GridInversion
{
    private const long SlabValues = 1 << 24, PlaneValues = 1 << 25;

    /// <param name="outputs">[1, K, X, Y, Z], logits or probabilities, of any precision and on any device.</param>
    /// <param name="areProbabilities">Whether the outputs are probabilities. If not, the decision makes probabilities of them.</param>
    /// <param name="source">Affine of the outputs.</param>
    /// <param name="target">Grid of the file.</param>
    /// <param name="decision">From probabilities to classes.</param>
    /// <param name="probabilities">Receives the probabilities: the first plane along z, and [K, X, Y, planes]; null where they are not wanted.</param>
    /// <param name="cancel">Stops between slabs.</param>
    /// <param name="slabValues">Values of a slab, of all classes together; null for the usual number.</param>
    /// <returns>Class indices: the most probable class of every voxel.</returns>
    public static Volume<ushort> Invert(
        Tensor outputs, bool areProbabilities, Affine source, VolumeGrid target, ClassDecision decision, Action<int, Volume<float>>? probabilities, CancellationToken cancel, long? slabValues = null)
    {
        (Size3 size, Affine affine) = (target.Size, target.Affine);
        long[] shape = outputs.shape;
        int classes = (int)shape[1];
        var from = new Size3((int)shape[2], (int)shape[3], (int)shape[4]);
        var labels = new ushort[size.Count];
        if (probabilities is not null)
        {
            InvertPlanes(labels, probabilities);
            return new Volume<ushort>(1, size, affine, labels);
        }
        int thickness = (int)Math.Clamp((slabValues ?? SlabValues) / ((long)size.Y * size.Z * classes), 1, size.X);
        for (int x = 0; x < size.X; x += thickness)
        {
            cancel.ThrowIfCancellationRequested();
            var slab = new Size3(Math.Min(thickness, size.X - x), size.Y, size.Z);
            decision.Decide(Part(slab, affine.After(Shift(x, 0, 0))), labels.AsMemory(x * size.Y * size.Z, (int)slab.Count));
        }
        return new Volume<ushort>(1, size, affine, labels);

        // Files have their planes along z one behind another, so this is the order in which probabilities can be written without holding all of them.
        void InvertPlanes(ushort[] all, Action<int, Volume<float>> take)
        {
            int planes = (int)Math.Clamp((slabValues ?? PlaneValues) / ((long)size.X * size.Y * classes), 1, size.Z);
            for (int z = 0; z < size.Z; z += planes)
            {
                cancel.ThrowIfCancellationRequested();
                var slab = new Size3(size.X, size.Y, Math.Min(planes, size.Z - z));
                Volume<float> part = Part(slab, affine.After(Shift(0, 0, z)));
                var found = new ushort[slab.Count];
                decision.Decide(part, found);
                for (int row = 0; row < size.X * size.Y; row++) found.AsSpan(row * slab.Z, slab.Z).CopyTo(all.AsSpan(row * size.Z + z));
                take(z, part);
            }
        }

        Volume<float> Part(Size3 slab, Affine slabAffine)
        {
            (Size3 start, Size3 extent) = Needed(source.Inverse().After(slabAffine), slab, from);
            var box = new Volume<float>(classes, extent, source.After(Shift(start.X, start.Y, start.Z)), Read(outputs, start, extent, areProbabilities ? null : decision));
            return Resampler.Resample(box, slab, slabAffine);
        }
    }

    private static float[] Read(Tensor outputs, Size3 start, Size3 extent, ClassDecision? decision)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor box = SlidingWindow.View(outputs, start, extent).to(ScalarType.Float32);
        if (decision is not null) box = decision.Probabilities(box);
        return box.cpu().contiguous().data<float>().ToArray();
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
