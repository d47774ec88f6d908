using System.Globalization;

namespace HiEndMae.Imaging;

/// <summary>Checks that an image and its label map, or two channels, have the same grid.</summary>
public static class LabelGrid
{
    /// <summary>Largest allowed distance between the corners of two equal grids, as a fraction of a voxel. Headers in single precision or with rounded numbers differ a little.</summary>
    public const double Tolerance = 0.05;

    /// <summary>Brings a volume to the axes of a grid and checks that it lies on it. A label map may be stored in another order of axes than its image.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="wanted">The expected grid.</param>
    /// <param name="name">Name of the checked volume in errors, at the start of a sentence.</param>
    /// <param name="wantedName">Name of the owner of the expected grid in errors.</param>
    /// <returns>The volume itself where its axes are those of the grid.</returns>
    /// <exception cref="VolumeException">The grids differ; the message says how.</exception>
    public static Volume<T> Align<T>(Volume<T> volume, VolumeGrid wanted, string name, string wantedName) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(volume);
        var grid = new VolumeGrid(volume.Size, volume.Affine);
        // Asked first, because the axes of two oblique grids can be named differently although the grids are the same.
        if (grid.Size == wanted.Size && Distance(grid, wanted) <= Tolerance * Edge(wanted)) return volume;
        Volume<T> turned = Orientation.ToAxesOf(volume, wanted.Affine);
        Check(turned.Size == wanted.Size ? turned : volume, wanted, name, wantedName);
        return turned;
    }

    /// <summary>Compares the sizes and corners of two grids.</summary>
    /// <param name="volume">The volume to check.</param>
    /// <param name="wanted">The expected grid.</param>
    /// <param name="name">Name of the checked volume in errors, at the start of a sentence.</param>
    /// <param name="wantedName">Name of the owner of the expected grid in errors.</param>
    /// <exception cref="VolumeException">The grids differ; the message says how.</exception>
    public static void Check<T>(Volume<T> volume, VolumeGrid wanted, string name, string wantedName) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(volume);
        Check(new VolumeGrid(volume.Size, volume.Affine), wanted, name, wantedName);
    }

    /// <inheritdoc cref="Check{T}(Volume{T}, VolumeGrid, string, string)"/>
    /// <param name="grid">The grid to check.</param>
    /// <param name="wanted">The expected grid.</param>
    /// <param name="name">Name of the checked volume in errors, at the start of a sentence.</param>
    /// <param name="wantedName">Name of the owner of the expected grid in errors.</param>
    public static void Check(VolumeGrid grid, VolumeGrid wanted, string name, string wantedName)
    {
        if (grid.Size != wanted.Size) throw new VolumeException($"{name} has {grid.Size} voxels, but {wantedName} has {wanted.Size}.");
        double farthest = Distance(grid, wanted);
        if (farthest > Tolerance * Edge(wanted))
        {
            throw new VolumeException(string.Create(CultureInfo.InvariantCulture,
                $"{name} and {wantedName} are at different places in space: their affines differ by up to {farthest:0.###} mm at the corners (spacing {grid.Affine.Spacing} and {wanted.Affine.Spacing})."));
        }
    }
    // How far the corners of two grids of one size lie apart at most along an axis, mm.
    private static double Distance(VolumeGrid grid, VolumeGrid wanted)
    {
        double farthest = 0;
        for (int corner = 0; corner < 8; corner++)
        {
            double x = (corner & 1) * (grid.Size.X - 1), y = (corner >> 1 & 1) * (grid.Size.Y - 1), z = (corner >> 2) * (grid.Size.Z - 1);
            (double X, double Y, double Z) a = grid.Affine.Apply(x, y, z), b = wanted.Affine.Apply(x, y, z);
            farthest = Math.Max(farthest, Math.Max(Math.Abs(a.X - b.X), Math.Max(Math.Abs(a.Y - b.Y), Math.Abs(a.Z - b.Z))));
        }
        return farthest;
    }

    private static double Edge(VolumeGrid grid)
    {
        Spacing3 spacing = grid.Affine.Spacing;
        return Math.Min(spacing.X, Math.Min(spacing.Y, spacing.Z));
    }
}
