using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HiEndMae.Nn;

/// <summary>The inner loops of <see cref="DirectConvGradientKernel"/> for processors with vectors of 512 bits. Every sum has the same order as with narrower vectors, so results are the same to the last bit.</summary>
internal static unsafe class WideConvGradientTiles
{
    /// <summary>Number of inputs of a tile.</summary>
    public const int Inputs = 12;

    private const int Lanes = 16;

    // 12 inputs x 16 channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient16(float* input, int inputRow, int inputStep, float* gradient, int gradientRow, int gradientStep, int rows, int voxels, float* sums)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        for (int row = 0; row < rows; row++)
        {
            float* x = input + ((long)row * inputRow), g = gradient + ((long)row * gradientRow);
            for (int voxel = 0; voxel < voxels; voxel++, x += inputStep, g += gradientStep)
            {
                Vector512<float> first = Vector512.Load(g);
                a0 = Vector512.FusedMultiplyAdd(Vector512.Create(*x), first, a0);
                a1 = Vector512.FusedMultiplyAdd(Vector512.Create(x[1]), first, a1);
                a2 = Vector512.FusedMultiplyAdd(Vector512.Create(x[2]), first, a2);
                a3 = Vector512.FusedMultiplyAdd(Vector512.Create(x[3]), first, a3);
                a4 = Vector512.FusedMultiplyAdd(Vector512.Create(x[4]), first, a4);
                a5 = Vector512.FusedMultiplyAdd(Vector512.Create(x[5]), first, a5);
                a6 = Vector512.FusedMultiplyAdd(Vector512.Create(x[6]), first, a6);
                a7 = Vector512.FusedMultiplyAdd(Vector512.Create(x[7]), first, a7);
                a8 = Vector512.FusedMultiplyAdd(Vector512.Create(x[8]), first, a8);
                a9 = Vector512.FusedMultiplyAdd(Vector512.Create(x[9]), first, a9);
                a10 = Vector512.FusedMultiplyAdd(Vector512.Create(x[10]), first, a10);
                a11 = Vector512.FusedMultiplyAdd(Vector512.Create(x[11]), first, a11);
            }
        }
        Add(a0, sums);
        Add(a1, sums + Lanes);
        Add(a2, sums + (2 * Lanes));
        Add(a3, sums + (3 * Lanes));
        Add(a4, sums + (4 * Lanes));
        Add(a5, sums + (5 * Lanes));
        Add(a6, sums + (6 * Lanes));
        Add(a7, sums + (7 * Lanes));
        Add(a8, sums + (8 * Lanes));
        Add(a9, sums + (9 * Lanes));
        Add(a10, sums + (10 * Lanes));
        Add(a11, sums + (11 * Lanes));
    }

    // 12 inputs x 32 channels: two blocks of sums.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient32(float* input, int inputRow, int inputStep, float* gradient, int gradientRow, int gradientStep, int rows, int voxels, float* sums, float* next)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default, b8 = default, b9 = default, b10 = default, b11 = default;
        for (int row = 0; row < rows; row++)
        {
            float* x = input + ((long)row * inputRow), g = gradient + ((long)row * gradientRow);
            for (int voxel = 0; voxel < voxels; voxel++, x += inputStep, g += gradientStep)
            {
                Vector512<float> first = Vector512.Load(g), second = Vector512.Load(g + Lanes), value = Vector512.Create(*x);
                a0 = Vector512.FusedMultiplyAdd(value, first, a0);
                b0 = Vector512.FusedMultiplyAdd(value, second, b0);
                value = Vector512.Create(x[1]);
                a1 = Vector512.FusedMultiplyAdd(value, first, a1);
                b1 = Vector512.FusedMultiplyAdd(value, second, b1);
                value = Vector512.Create(x[2]);
                a2 = Vector512.FusedMultiplyAdd(value, first, a2);
                b2 = Vector512.FusedMultiplyAdd(value, second, b2);
                value = Vector512.Create(x[3]);
                a3 = Vector512.FusedMultiplyAdd(value, first, a3);
                b3 = Vector512.FusedMultiplyAdd(value, second, b3);
                value = Vector512.Create(x[4]);
                a4 = Vector512.FusedMultiplyAdd(value, first, a4);
                b4 = Vector512.FusedMultiplyAdd(value, second, b4);
                value = Vector512.Create(x[5]);
                a5 = Vector512.FusedMultiplyAdd(value, first, a5);
                b5 = Vector512.FusedMultiplyAdd(value, second, b5);
                value = Vector512.Create(x[6]);
                a6 = Vector512.FusedMultiplyAdd(value, first, a6);
                b6 = Vector512.FusedMultiplyAdd(value, second, b6);
                value = Vector512.Create(x[7]);
                a7 = Vector512.FusedMultiplyAdd(value, first, a7);
                b7 = Vector512.FusedMultiplyAdd(value, second, b7);
                value = Vector512.Create(x[8]);
                a8 = Vector512.FusedMultiplyAdd(value, first, a8);
                b8 = Vector512.FusedMultiplyAdd(value, second, b8);
                value = Vector512.Create(x[9]);
                a9 = Vector512.FusedMultiplyAdd(value, first, a9);
                b9 = Vector512.FusedMultiplyAdd(value, second, b9);
                value = Vector512.Create(x[10]);
                a10 = Vector512.FusedMultiplyAdd(value, first, a10);
                b10 = Vector512.FusedMultiplyAdd(value, second, b10);
                value = Vector512.Create(x[11]);
                a11 = Vector512.FusedMultiplyAdd(value, first, a11);
                b11 = Vector512.FusedMultiplyAdd(value, second, b11);
            }
        }
        Add(a0, sums);
        Add(b0, next);
        Add(a1, sums + Lanes);
        Add(b1, next + Lanes);
        Add(a2, sums + (2 * Lanes));
        Add(b2, next + (2 * Lanes));
        Add(a3, sums + (3 * Lanes));
        Add(b3, next + (3 * Lanes));
        Add(a4, sums + (4 * Lanes));
        Add(b4, next + (4 * Lanes));
        Add(a5, sums + (5 * Lanes));
        Add(b5, next + (5 * Lanes));
        Add(a6, sums + (6 * Lanes));
        Add(b6, next + (6 * Lanes));
        Add(a7, sums + (7 * Lanes));
        Add(b7, next + (7 * Lanes));
        Add(a8, sums + (8 * Lanes));
        Add(b8, next + (8 * Lanes));
        Add(a9, sums + (9 * Lanes));
        Add(b9, next + (9 * Lanes));
        Add(a10, sums + (10 * Lanes));
        Add(b10, next + (10 * Lanes));
        Add(a11, sums + (11 * Lanes));
        Add(b11, next + (11 * Lanes));
    }

    private static void Add(Vector512<float> sum, float* into) => (Vector512.Load(into) + sum).Store(into);
}
