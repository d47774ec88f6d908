using HiEndMae.Imaging;

namespace HiEndMae.Engine.Inference;

/// <summary>The label map on the grid of a file, decided part by part.</summary>
/// <param name="parts">Interpolates the probabilities of a part.</param>
/// <param name="target">Grid of the file.</param>
/// <param name="decision">From probabilities to classes.</param>
internal sealed class DecidedParts(InvertedParts parts, VolumeGrid target, ClassDecision decision)
{
    private readonly ushort[] labels = new ushort[target.Size.Count];
    private ushort[] found = [];

    /// <summary>Class indices on the grid of the file; 0 where nothing has been decided yet.</summary>
    public Volume<ushort> Labels => new(1, target.Size, target.Affine, labels);

    /// <summary>Decides the class of each voxel of a part.</summary>
    /// <param name="start">Its first voxel in the grid of the file.</param>
    /// <param name="size">Its size.</param>
    /// <returns>Its probabilities, [K, X, Y, Z]; valid until the next call.</returns>
    public Volume<float> Decide(Size3 start, Size3 size)
    {
        Volume<float> part = parts.At(start, size);
        if (found.Length < size.Count) found = new ushort[size.Count];
        decision.Decide(part, found.AsMemory(0, (int)size.Count));
        Size3 all = target.Size;
        for (int x = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
                found.AsSpan((x * size.Y + y) * size.Z, size.Z).CopyTo(labels.AsSpan(((start.X + x) * all.Y + start.Y + y) * all.Z + start.Z));
        }
        return part;
    }
}
