using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Creates volumes from formulas, so that every program can compute the same input: smooth, without symmetries, identical on all machines.</summary>
internal static class Formula
{
    /// <summary>Returns 0.5 + 0.25 sin(0.11 i) cos(0.07 j) + 0.25 sin(0.05 k + 0.03 i) at voxel (i, j, k), computed in double precision; [1, 1, n, n, n].</summary>
    public static Tensor Input(int n) => Fill(n, (i, j, k) => (float)(0.5 + (0.25 * Math.Sin(0.11 * i) * Math.Cos(0.07 * j)) + (0.25 * Math.Sin((0.05 * k) + (0.03 * i)))), 1, 1);

    /// <summary>Returns (i div (n div 4) + j div (n div 3) + k div (n div 2)) mod classes; [1, n, n, n].</summary>
    public static Tensor Labels(int n, int classes) => Fill(n, (i, j, k) => (long)(((i / (n / 4)) + (j / (n / 3)) + (k / (n / 2))) % classes), 1);

    private static Tensor Fill<T>(int n, Func<int, int, int, T> value, params long[] before)
        where T : unmanaged
    {
        var values = new T[n * n * n];
        for (int at = 0; at < values.Length; at++) values[at] = value(at / n / n, at / n % n, at % n);
        long[] shape = [.. before, n, n, n];
        return values is float[] floats ? tensor(floats, shape) : tensor((long[])(object)values, shape);
    }
}
