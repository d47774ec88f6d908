using HiEndMae.Imaging;

namespace HiEndMae.Reports.Figures;

/// <summary>One volume of a picture, shown as three slices.</summary>
/// <param name="Size">Number of voxels along x, y, z.</param>
/// <param name="Intensities">[X, Y, Z], from 0 (black) to 1 (white).</param>
/// <param name="Labels">[X, Y, Z] class indices drawn over the intensities, or null.</param>
public sealed record Panel(Size3 Size, float[] Intensities, ushort[]? Labels = null)
{
    /// <summary>Title above the column; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <summary>How labels are drawn.</summary>
    public LabelStyle Style { get; init; } = LabelStyle.Fill;

    /// <summary>Labels with which <see cref="LabelStyle.Errors"/> compares.</summary>
    public ushort[]? Truth { get; init; }

    /// <summary>[X, Y, Z], 0 to 1, drawn in jet colours at half opacity over the intensities; null for none.</summary>
    public float[]? Heat { get; init; }

    /// <summary>A box whose outline is drawn in red on slices that cut it; null for none.</summary>
    public VoxelBox? Mark { get; init; }
}
