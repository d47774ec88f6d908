using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data;

/// <summary>A case as models see it: RAS+, resampled, intensities in [0, 1].</summary>
/// <param name="Id">The case.</param>
/// <param name="Image">[C, X, Y, Z] in [0, 1].</param>
/// <param name="Label">Class indices on the same grid, or null.</param>
public sealed record PreparedCase(string Id, Volume<float> Image, Volume<ushort>? Label)
{
    /// <summary>Bytes held in memory.</summary>
    public long Bytes => Image.Voxels.LongLength * sizeof(float) + (Label?.Voxels.LongLength ?? 0) * sizeof(ushort);
}
