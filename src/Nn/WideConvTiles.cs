using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HiEndMae.Nn;

/// <summary>The inner loops of <see cref="DirectConvKernel"/> for processors with vectors of 512 bits. Every output is summed in the same order as with narrower vectors, so results are the same to the last bit.</summary>
internal static unsafe class WideConvTiles
{
    /// <summary>Number of voxels of a tile.</summary>
    public const int Voxels = 12;

    private const int Lanes = 16;

    // 12 voxels x 16 channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward16(float** rows, int numRows, int offset, int step, int run, float* weights, float* start, float* output, int outputStep)
    {
        Vector512<float> bias = Vector512.Load(start);
        Vector512<float> a0 = bias, a1 = bias, a2 = bias, a3 = bias, a4 = bias, a5 = bias, a6 = bias, a7 = bias, a8 = bias, a9 = bias, a10 = bias, a11 = bias;
        for (int row = 0; row < numRows; row++)
        {
            float* x0 = rows[row] + offset, end = x0 + run;
            long one = step, two = 2 * one;
            float* x3 = x0 + (3 * one), x6 = x3 + (3 * one), x9 = x6 + (3 * one);
            for (; x0 < end; x0++, x3++, x6++, x9++, weights += Lanes)
            {
                Vector512<float> first = Vector512.Load(weights);
                a0 = Vector512.FusedMultiplyAdd(Vector512.Create(*x0), first, a0);
                a1 = Vector512.FusedMultiplyAdd(Vector512.Create(x0[one]), first, a1);
                a2 = Vector512.FusedMultiplyAdd(Vector512.Create(x0[two]), first, a2);
                a3 = Vector512.FusedMultiplyAdd(Vector512.Create(*x3), first, a3);
                a4 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[one]), first, a4);
                a5 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[two]), first, a5);
                a6 = Vector512.FusedMultiplyAdd(Vector512.Create(*x6), first, a6);
                a7 = Vector512.FusedMultiplyAdd(Vector512.Create(x6[one]), first, a7);
                a8 = Vector512.FusedMultiplyAdd(Vector512.Create(x6[two]), first, a8);
                a9 = Vector512.FusedMultiplyAdd(Vector512.Create(*x9), first, a9);
                a10 = Vector512.FusedMultiplyAdd(Vector512.Create(x9[one]), first, a10);
                a11 = Vector512.FusedMultiplyAdd(Vector512.Create(x9[two]), first, a11);
            }
        }
        a0.Store(output);
        a1.Store(output += outputStep);
        a2.Store(output += outputStep);
        a3.Store(output += outputStep);
        a4.Store(output += outputStep);
        a5.Store(output += outputStep);
        a6.Store(output += outputStep);
        a7.Store(output += outputStep);
        a8.Store(output += outputStep);
        a9.Store(output += outputStep);
        a10.Store(output += outputStep);
        a11.Store(output + outputStep);
    }

    // 12 voxels x 32 channels: two blocks of weights.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward32(float** rows, int numRows, int offset, int step, int run, float* weights, float* next, float* start, float* output, int outputStep)
    {
        Vector512<float> low = Vector512.Load(start), high = Vector512.Load(start + Lanes);
        Vector512<float> a0 = low, a1 = low, a2 = low, a3 = low, a4 = low, a5 = low, a6 = low, a7 = low, a8 = low, a9 = low, a10 = low, a11 = low;
        Vector512<float> b0 = high, b1 = high, b2 = high, b3 = high, b4 = high, b5 = high, b6 = high, b7 = high, b8 = high, b9 = high, b10 = high, b11 = high;
        for (int row = 0; row < numRows; row++)
        {
            float* x0 = rows[row] + offset, end = x0 + run;
            long one = step, two = 2 * one;
            float* x3 = x0 + (3 * one), x6 = x3 + (3 * one), x9 = x6 + (3 * one);
            for (; x0 < end; x0++, x3++, x6++, x9++, weights += Lanes, next += Lanes)
            {
                Vector512<float> first = Vector512.Load(weights), second = Vector512.Load(next), value = Vector512.Create(*x0);
                a0 = Vector512.FusedMultiplyAdd(value, first, a0);
                b0 = Vector512.FusedMultiplyAdd(value, second, b0);
                value = Vector512.Create(x0[one]);
                a1 = Vector512.FusedMultiplyAdd(value, first, a1);
                b1 = Vector512.FusedMultiplyAdd(value, second, b1);
                value = Vector512.Create(x0[two]);
                a2 = Vector512.FusedMultiplyAdd(value, first, a2);
                b2 = Vector512.FusedMultiplyAdd(value, second, b2);
                value = Vector512.Create(*x3);
                a3 = Vector512.FusedMultiplyAdd(value, first, a3);
                b3 = Vector512.FusedMultiplyAdd(value, second, b3);
                value = Vector512.Create(x3[one]);
                a4 = Vector512.FusedMultiplyAdd(value, first, a4);
                b4 = Vector512.FusedMultiplyAdd(value, second, b4);
                value = Vector512.Create(x3[two]);
                a5 = Vector512.FusedMultiplyAdd(value, first, a5);
                b5 = Vector512.FusedMultiplyAdd(value, second, b5);
                value = Vector512.Create(*x6);
                a6 = Vector512.FusedMultiplyAdd(value, first, a6);
                b6 = Vector512.FusedMultiplyAdd(value, second, b6);
                value = Vector512.Create(x6[one]);
                a7 = Vector512.FusedMultiplyAdd(value, first, a7);
                b7 = Vector512.FusedMultiplyAdd(value, second, b7);
                value = Vector512.Create(x6[two]);
                a8 = Vector512.FusedMultiplyAdd(value, first, a8);
                b8 = Vector512.FusedMultiplyAdd(value, second, b8);
                value = Vector512.Create(*x9);
                a9 = Vector512.FusedMultiplyAdd(value, first, a9);
                b9 = Vector512.FusedMultiplyAdd(value, second, b9);
                value = Vector512.Create(x9[one]);
                a10 = Vector512.FusedMultiplyAdd(value, first, a10);
                b10 = Vector512.FusedMultiplyAdd(value, second, b10);
                value = Vector512.Create(x9[two]);
                a11 = Vector512.FusedMultiplyAdd(value, first, a11);
                b11 = Vector512.FusedMultiplyAdd(value, second, b11);
            }
        }
        a0.Store(output);
        b0.Store(output + Lanes);
        output += outputStep;
        a1.Store(output);
        b1.Store(output + Lanes);
        output += outputStep;
        a2.Store(output);
        b2.Store(output + Lanes);
        output += outputStep;
        a3.Store(output);
        b3.Store(output + Lanes);
        output += outputStep;
        a4.Store(output);
        b4.Store(output + Lanes);
        output += outputStep;
        a5.Store(output);
        b5.Store(output + Lanes);
        output += outputStep;
        a6.Store(output);
        b6.Store(output + Lanes);
        output += outputStep;
        a7.Store(output);
        b7.Store(output + Lanes);
        output += outputStep;
        a8.Store(output);
        b8.Store(output + Lanes);
        output += outputStep;
        a9.Store(output);
        b9.Store(output + Lanes);
        output += outputStep;
        a10.Store(output);
        b10.Store(output + Lanes);
        output += outputStep;
        a11.Store(output);
        b11.Store(output + Lanes);
    }
}
