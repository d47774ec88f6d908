namespace HiEndMae.Imaging;

/// <summary>Maps the voxels of a target grid to positions in a source grid.</summary>
/// <param name="ToSource">Maps target indices to source indices.</param>
/// <param name="IsIdentity">Whether both grids are the same.</param>
/// <param name="Axes">Positions per target axis if the axes of both grids are parallel; otherwise null.</param>
internal sealed record GridMap(Affine ToSource, bool IsIdentity, AxisPositions[]? Axes)
{
    private const double SameVoxels = 1e-3, ParallelVoxels = 1e-6;

    public static GridMap Between(Size3 sourceSize, Affine source, Size3 targetSize, Affine target)
    {
        Affine map = source.Inverse().After(target);
        int[] partners = [Partner(map, 0), Partner(map, 1), Partner(map, 2)];
        double slant = 0, moved = 0;
        for (int row = 0; row < 3; row++)
        {
            moved = Math.Max(moved, Math.Abs(map[row, 3]));
            for (int axis = 0; axis < 3; axis++)
            {
                int steps = Math.Max(1, targetSize[axis] - 1);
                if (row != partners[axis]) slant = Math.Max(slant, Math.Abs(map[row, axis]) * steps);
                moved = Math.Max(moved, Math.Abs(map[row, axis] - (row == axis ? 1 : 0)) * steps);
            }
        }
        bool parallel = slant < ParallelVoxels && partners.Distinct().Count() == 3;
        AxisPositions[]? axes = !parallel ? null
            : [.. partners.Select((partner, axis) => AxisPositions.Along(partner, sourceSize[partner], targetSize[axis], map[partner, axis], map[partner, 3]))];
        return new GridMap(map, sourceSize == targetSize && moved < SameVoxels, axes);
    }

    private static int Partner(Affine map, int axis) => Enumerable.Range(0, 3).MaxBy(row => Math.Abs(map[row, axis]));
}
