using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Sine-cosine position embedding of a 3D grid, as the official Hi-End-MAE code builds it.</summary>
public static class SinCosPositions
{
    /// <summary>Builds the table, float32: per axis E/6 frequencies 10000^(-i/(E/6)); order sin x, cos x, sin y, cos y, sin z, cos z.</summary>
    /// <param name="gridX">Number of patches along x.</param>
    /// <param name="gridY">Number of patches along y.</param>
    /// <param name="gridZ">Number of patches along z.</param>
    /// <param name="width">E, a multiple of 6.</param>
    /// <returns>[1, N, E], x-major.</returns>
    /// <exception cref="ArgumentException">E is not a multiple of 6.</exception>
    public static Tensor Create(int gridX, int gridY, int gridZ, int width)
    {
        if (width % 6 != 0) throw new ArgumentException($"Width {width} is not a multiple of 6.", nameof(width));
        int frequencies = width / 6;
        var table = new float[gridX * gridY * gridZ * width];
        int at = 0;
        for (int x = 0; x < gridX; x++)
        {
            for (int y = 0; y < gridY; y++)
            {
                for (int z = 0; z < gridZ; z++)
                {
                    foreach (int position in (ReadOnlySpan<int>)[x, y, z])
                    {
                        for (int i = 0; i < frequencies; i++)
                        {
                            // The official code computes frequency and angle in single precision.
                            float angle = position * (float)(1.0 / Math.Pow(10000.0, (float)i / frequencies));
                            table[at + i] = MathF.Sin(angle);
                            table[at + frequencies + i] = MathF.Cos(angle);
                        }
                        at += 2 * frequencies;
                    }
                }
            }
        }
        return tensor(table, 1, gridX * gridY * gridZ, width);
    }
}
