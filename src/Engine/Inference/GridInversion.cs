using HiEndMae.Imaging;
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
    /// <param name="probabilities">Receives the probabilities: the first plane along z, and [K, X, Y, planes], whose voxels are overwritten after the call; null if they are not wanted.</param>
    /// <param name="cancel">Stops between slabs.</param>
    /// <param name="slabValues">Values of a slab, of all classes together; null for the usual number.</param>
    /// <returns>Class indices: the most probable class of every voxel.</returns>
    public static Volume<ushort> Invert(
        Tensor outputs, bool areProbabilities, Affine source, VolumeGrid target, ClassDecision decision, Action<int, Volume<float>>? probabilities, CancellationToken cancel, long? slabValues = null)
    {
        Size3 size = target.Size;
        int classes = (int)outputs.shape[1];
        var parts = new InvertedParts(outputs, areProbabilities ? null : decision, source, target.Affine);
        var labels = new ushort[size.Count];
        if (probabilities is null)
        {
            int thickness = (int)Math.Clamp((slabValues ?? SlabValues) / ((long)size.Y * size.Z * classes), 1, size.X);
            for (int x = 0; x < size.X; x += thickness)
            {
                cancel.ThrowIfCancellationRequested();
                var slab = new Size3(Math.Min(thickness, size.X - x), size.Y, size.Z);
                decision.Decide(parts.At(new Size3(x, 0, 0), slab), labels.AsMemory(x * size.Y * size.Z, (int)slab.Count));
            }
            return new Volume<ushort>(1, size, target.Affine, labels);
        }
        // Files have their planes along z one behind another, so this is the order in which probabilities can be written without holding all of them.
        int planes = (int)Math.Clamp((slabValues ?? PlaneValues) / ((long)size.X * size.Y * classes), 1, size.Z);
        var found = new ushort[(long)size.X * size.Y * planes];
        for (int z = 0; z < size.Z; z += planes)
        {
            cancel.ThrowIfCancellationRequested();
            var slab = new Size3(size.X, size.Y, Math.Min(planes, size.Z - z));
            Volume<float> part = parts.At(new Size3(0, 0, z), slab);
            decision.Decide(part, found.AsMemory(0, (int)slab.Count));
            for (int row = 0; row < size.X * size.Y; row++) found.AsSpan(row * slab.Z, slab.Z).CopyTo(labels.AsSpan(row * size.Z + z));
            probabilities(z, part);
        }
        return new Volume<ushort>(1, size, target.Affine, labels);
    }
}
