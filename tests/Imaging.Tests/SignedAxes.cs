namespace HiEndMae.Imaging.Tests;

/// <summary>The 48 ways in which stored axes can lie along the world's.</summary>
internal static class SignedAxes
{
    public static IEnumerable<Affine> All()
    {
        foreach (int[] order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            for (int signs = 0; signs < 8; signs++)
            {
                var rows = new double[3, 4];
                for (int axis = 0; axis < 3; axis++)
                {
                    rows[order[axis], axis] = (axis + 1) * ((signs >> axis & 1) == 0 ? 1 : -1);
                    rows[axis, 3] = 10 * axis - 7;
                }
                yield return Affine.FromRows(rows);
            }
        }
    }
}
