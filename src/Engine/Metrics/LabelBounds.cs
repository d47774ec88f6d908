using HiEndMae.Imaging;

namespace HiEndMae.Engine.Metrics;

/// <summary>A box of voxels with inclusive ends.</summary>
internal readonly record struct LabelBounds(int X0, int Y0, int Z0, int X1, int Y1, int Z1)
{
    /// <summary>The empty box. Its union with another box is the other box.</summary>
    public static LabelBounds Nothing { get; } = new(int.MaxValue, int.MaxValue, int.MaxValue, -1, -1, -1);

    public Size3 Size => new(X1 - X0 + 1, Y1 - Y0 + 1, Z1 - Z0 + 1);

    public LabelBounds With(int x, int y, int z0, int z1) => new(
        Math.Min(X0, x), Math.Min(Y0, y), Math.Min(Z0, z0), Math.Max(X1, x), Math.Max(Y1, y), Math.Max(Z1, z1));

    public LabelBounds Union(LabelBounds other) => new(
        Math.Min(X0, other.X0), Math.Min(Y0, other.Y0), Math.Min(Z0, other.Z0), Math.Max(X1, other.X1), Math.Max(Y1, other.Y1), Math.Max(Z1, other.Z1));
}
