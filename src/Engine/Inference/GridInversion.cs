using HiEndMae.Imaging;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Brings outputs from the model's grid back to the grid of the file and hands the probabilities on: they are interpolated linearly, then each voxel gets its class.</summary>
/// <remarks>Resampling labels instead would keep the steps of the coarser grid. The target is filled in slabs, each from the box of the source that it needs, so that the
/// outputs are never held twice.</remarks>
internal static class GridInversion
{
    private const long PlaneValues = 1 << 25;

    /// <param name="outputs">[1, K, X, Y, Z], logits or probabilities, of any precision and on any device.</param>
    /// <param name="areProbabilities">Whether the outputs are probabilities. If not, the decision makes probabilities of them.</param>
    /// <param name="source">Affine of the outputs.</param>
    /// <param name="target">Grid of the file.</param>
    /// <param name="decision">From probabilities to classes.</param>
    /// <param name="probabilities">Receives the probabilities: the first plane along z, and [K, X, Y, planes], whose voxels are overwritten after the call.</param>
    /// <param name="cancel">Stops between slabs.</param>
    /// <param name="slabValues">Values of a slab, of all classes together; null for the usual number.</param>
    /// <returns>Class indices: the most probable class of every voxel.</returns>
    public static Volume<ushort> Invert(
        Tensor outputs, bool areProbabilities, Affine source, VolumeGrid target, ClassDecision decision, Action<int, Volume<float>> probabilities, CancellationToken cancel, long? slabValues = null)
    {
        var from = new Size3((int)outputs.shape[2], (int)outputs.shape[3], (int)outputs.shape[4]);
        int classes = (int)outputs.shape[1];
        Size3 size = target.Size;
        var parts = new InvertedParts(from, areProbabilities ? null : decision, source, target.Affine);
        parts.Show(0, outputs);
        var decided = new DecidedParts(parts, target, decision);
        // Files have their planes along z one behind another, so this is the order in which probabilities can be written without holding all of them.
        int planes = (int)Math.Clamp((slabValues ?? PlaneValues) / ((long)size.X * size.Y * classes), 1, size.Z);
        for (int z = 0; z < size.Z; z += planes)
        {
            cancel.ThrowIfCancellationRequested();
            probabilities(z, decided.Decide(new Size3(0, 0, z), size with { Z = Math.Min(planes, size.Z - z) }));
        }
        return decided.Labels;
    }
}
