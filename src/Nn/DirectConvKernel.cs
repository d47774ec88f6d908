using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HiEndMae.TorchRepairs;

namespace HiEndMae.Nn;

/// <summary>Computes a convolution of float32 volumes with channels last directly, on libtorch's threads: a tile of voxels times 8 or 16 output channels stays in registers for the sum over all inputs.</summary>
/// <remarks>
/// The library converts small volumes of one sample to channels first, copies every input once per weight, and multiplies matrices. With 8 to 32 channels, copies cost more than products.
/// Inputs are summed in a fixed order, so a result does not depend on the number of threads.
/// </remarks>
internal static unsafe class DirectConvKernel
{
    private const int Lanes = 8, Wide = 12, Narrow = 6;

    /// <summary>Whether sizes are supported.</summary>
    public static bool Serves(DirectConvShape shape) =>
        Vector256.IsHardwareAccelerated && shape.Edge is 3 or 5 && shape.Outputs % Lanes == 0 && shape.Z >= Tile(shape)
        && (long)(shape.Y + (2 * shape.Pad)) * (shape.Z + (2 * shape.Pad)) * shape.Inputs < int.MaxValue / shape.Edge;

    /// <summary>Computes all outputs.</summary>
    /// <param name="input">[B, X, Y, Z, C].</param>
    /// <param name="weights">[C' / block, k, k, k, C, block].</param>
    /// <param name="bias">[C']; null for none.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="output">Receives [B, X, Y, Z, C'].</param>
    /// <param name="scratch"><see cref="PaddedPlanes.Size"/> zeros for each thread.</param>
    /// <param name="threads">Number of threads.</param>
    public static void Forward(float* input, float* weights, float* bias, DirectConvShape shape, float* output, float* scratch, int threads)
    {
        (nint inputAt, nint weightsAt, nint biasAt, nint outputAt, nint scratchAt) = ((nint)input, (nint)weights, (nint)bias, (nint)output, (nint)scratch);
        ComputeThreads.Run(threads, threads, Share);

        void Share(int part)
        {
            var planes = new PaddedPlanes((float*)scratchAt + (part * PaddedPlanes.Size(shape)), shape);
            int first = (int)((long)shape.Planes * part / threads), end = (int)((long)shape.Planes * (part + 1) / threads);
            for (int at = first; at < end; at++)
            {
                (int sample, int x) = (at / shape.X, at % shape.X);
                planes.Load((float*)inputAt + ((long)sample * shape.X * shape.Y * shape.Z * shape.Inputs), x, follows: at > first && x > 0);
                Plane(planes, x, (float*)weightsAt, (float*)biasAt, shape, (float*)outputAt + ((long)at * shape.Y * shape.Z * shape.Outputs));
            }
        }
    }

    private static int Tile(DirectConvShape shape) => shape.Block == Lanes ? Wide : Narrow;

    // The loop over blocks is outside, so that the weights of one block stay in the cache for a whole plane.
    private static void Plane(PaddedPlanes planes, int x, float* weights, float* bias, DirectConvShape shape, float* output)
    {
        int edge = shape.Edge, block = shape.Block;
        bool isWide = block > Lanes && Vector512.IsHardwareAccelerated && shape.Z >= WideConvTiles.Voxels;
        int tile = isWide ? WideConvTiles.Voxels : Tile(shape);
        float** rows = stackalloc float*[edge * edge];
        float* none = stackalloc float[4 * Lanes];
        new Span<float>(none, 4 * Lanes).Clear();
        int blocks;
        for (int channel = 0; channel < shape.Outputs; channel += blocks * block, weights += blocks * shape.BlockWeights)
        {
            blocks = isWide && channel + (2 * block) <= shape.Outputs ? 2 : 1;
            float* start = bias is null ? none : bias + channel;
            for (int y = 0; y < shape.Y; y++)
            {
                for (int row = 0; row < edge * edge; row++) rows[row] = planes.Row(x + (row / edge) - shape.Pad, y + (row % edge) - shape.Pad);
                float* into = output + ((long)y * shape.Z * shape.Outputs) + channel;
                for (int z = 0; z < shape.Z; z += tile)
                {
                    // The last tile overlaps the one before it.
                    int from = Math.Min(z, shape.Z - tile);
                    float* target = into + ((long)from * shape.Outputs);
                    if (blocks == 2) WideConvTiles.Forward32(rows, edge * edge, from * shape.Inputs, shape.Inputs, shape.Run, weights, weights + shape.BlockWeights, start, target, shape.Outputs);
                    else if (isWide) WideConvTiles.Forward16(rows, edge * edge, from * shape.Inputs, shape.Inputs, shape.Run, weights, start, target, shape.Outputs);
                    else if (block == Lanes) TwelveVoxels(rows, edge * edge, from * shape.Inputs, shape.Inputs, shape.Run, weights, start, target, shape.Outputs);
                    else SixVoxels(rows, edge * edge, from * shape.Inputs, shape.Inputs, shape.Run, weights, start, target, shape.Outputs);
                }
            }
        }
    }

    // 6 voxels x 16 channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixVoxels(float** rows, int numRows, int offset, int step, int run, float* weights, float* start, float* output, int outputStep)
    {
        Vector256<float> low = Vector256.Load(start), high = Vector256.Load(start + Lanes);
        Vector256<float> a0 = low, a1 = low, a2 = low, a3 = low, a4 = low, a5 = low, b0 = high, b1 = high, b2 = high, b3 = high, b4 = high, b5 = high;
        for (int row = 0; row < numRows; row++)
        {
            float* x0 = rows[row] + offset, x3 = x0 + (3 * (long)step), end = x0 + run;
            long one = step, two = 2 * (long)step;
            for (; x0 < end; x0++, x3++, weights += 2 * Lanes)
            {
                Vector256<float> first = Vector256.Load(weights), second = Vector256.Load(weights + Lanes);
                Vector256<float> value = Vector256.Create(*x0);
                a0 = Vector256.FusedMultiplyAdd(value, first, a0);
                b0 = Vector256.FusedMultiplyAdd(value, second, b0);
                value = Vector256.Create(x0[one]);
                a1 = Vector256.FusedMultiplyAdd(value, first, a1);
                b1 = Vector256.FusedMultiplyAdd(value, second, b1);
                value = Vector256.Create(x0[two]);
                a2 = Vector256.FusedMultiplyAdd(value, first, a2);
                b2 = Vector256.FusedMultiplyAdd(value, second, b2);
                value = Vector256.Create(*x3);
                a3 = Vector256.FusedMultiplyAdd(value, first, a3);
                b3 = Vector256.FusedMultiplyAdd(value, second, b3);
                value = Vector256.Create(x3[one]);
                a4 = Vector256.FusedMultiplyAdd(value, first, a4);
                b4 = Vector256.FusedMultiplyAdd(value, second, b4);
                value = Vector256.Create(x3[two]);
                a5 = Vector256.FusedMultiplyAdd(value, first, a5);
                b5 = Vector256.FusedMultiplyAdd(value, second, b5);
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
    }

    // 12 voxels x 8 channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwelveVoxels(float** rows, int numRows, int offset, int step, int run, float* weights, float* start, float* output, int outputStep)
    {
        Vector256<float> low = Vector256.Load(start);
        Vector256<float> a0 = low, a1 = low, a2 = low, a3 = low, a4 = low, a5 = low, a6 = low, a7 = low, a8 = low, a9 = low, a10 = low, a11 = low;
        for (int row = 0; row < numRows; row++)
        {
            float* x0 = rows[row] + offset, end = x0 + run;
            long one = step, two = 2 * one;
            float* x3 = x0 + (3 * one), x6 = x3 + (3 * one), x9 = x6 + (3 * one);
            for (; x0 < end; x0++, x3++, x6++, x9++, weights += Lanes)
            {
                Vector256<float> first = Vector256.Load(weights);
                a0 = Vector256.FusedMultiplyAdd(Vector256.Create(*x0), first, a0);
                a1 = Vector256.FusedMultiplyAdd(Vector256.Create(x0[one]), first, a1);
                a2 = Vector256.FusedMultiplyAdd(Vector256.Create(x0[two]), first, a2);
                a3 = Vector256.FusedMultiplyAdd(Vector256.Create(*x3), first, a3);
                a4 = Vector256.FusedMultiplyAdd(Vector256.Create(x3[one]), first, a4);
                a5 = Vector256.FusedMultiplyAdd(Vector256.Create(x3[two]), first, a5);
                a6 = Vector256.FusedMultiplyAdd(Vector256.Create(*x6), first, a6);
                a7 = Vector256.FusedMultiplyAdd(Vector256.Create(x6[one]), first, a7);
                a8 = Vector256.FusedMultiplyAdd(Vector256.Create(x6[two]), first, a8);
                a9 = Vector256.FusedMultiplyAdd(Vector256.Create(*x9), first, a9);
                a10 = Vector256.FusedMultiplyAdd(Vector256.Create(x9[one]), first, a10);
                a11 = Vector256.FusedMultiplyAdd(Vector256.Create(x9[two]), first, a11);
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
}
