using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HiEndMae.TorchRepairs;

namespace HiEndMae.Nn;

/// <summary>The gradient of the weights of <see cref="DirectConvKernel"/>: sums over voxels stay in registers for a few rows at a time.</summary>
/// <remarks>Every thread sums over its own planes. The sums of the threads are added in the order of the threads, so the rounding of a result depends only on the number of threads.</remarks>
internal static unsafe class DirectConvGradientKernel
{
    private const int Lanes = 8, VoxelsAtOnce = 256;

    /// <summary>Computes the gradient of all weights.</summary>
    /// <param name="input">[B, X, Y, Z, C].</param>
    /// <param name="gradient">Gradient of the output, [B, X, Y, Z, C'].</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="sums">Zeros; receives [threads, C' / block, k, k, k, C, block], whose sum over threads is the gradient.</param>
    /// <param name="scratch"><see cref="PaddedPlanes.Size"/> zeros for each thread.</param>
    /// <param name="threads">Number of threads.</param>
    public static void Run(float* input, float* gradient, DirectConvShape shape, float* sums, float* scratch, int threads)
    {
        (nint inputAt, nint gradientAt, nint sumsAt, nint scratchAt) = ((nint)input, (nint)gradient, (nint)sums, (nint)scratch);
        ComputeThreads.Run(threads, threads, Share);

        void Share(int part)
        {
            var planes = new PaddedPlanes((float*)scratchAt + (part * PaddedPlanes.Size(shape)), shape);
            float* own = (float*)sumsAt + ((long)part * shape.BlockWeights * (shape.Outputs / shape.Block));
            int first = (int)((long)shape.Planes * part / threads), end = (int)((long)shape.Planes * (part + 1) / threads);
            for (int at = first; at < end; at++)
            {
                (int sample, int x) = (at / shape.X, at % shape.X);
                planes.Load((float*)inputAt + ((long)sample * shape.X * shape.Y * shape.Z * shape.Inputs), x, follows: at > first && x > 0);
                Plane(planes, x, (float*)gradientAt + ((long)at * shape.Y * shape.Z * shape.Outputs), shape, own);
            }
        }
    }

    private static void Plane(PaddedPlanes planes, int x, float* gradient, DirectConvShape shape, float* sums)
    {
        int edge = shape.Edge, rowsAtOnce = Math.Clamp(VoxelsAtOnce / shape.Z, 1, shape.Y), run = shape.Run;
        bool isWide = shape.Block > Lanes && Vector512.IsHardwareAccelerated;
        int inputRow = (shape.Z + (2 * shape.Pad)) * shape.Inputs, gradientRow = shape.Z * shape.Outputs;
        for (int y = 0; y < shape.Y; y += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, shape.Y - y);
            for (int offset = 0; offset < edge * edge; offset++)
            {
                float* source = planes.Row(x + (offset / edge) - shape.Pad, y + (offset % edge) - shape.Pad);
                int blocks;
                for (int channel = 0; channel < shape.Outputs; channel += blocks * shape.Block)
                {
                    blocks = isWide && channel + (2 * shape.Block) <= shape.Outputs ? 2 : 1;
                    float* into = sums + ((long)channel / shape.Block * shape.BlockWeights) + ((long)offset * run * shape.Block);
                    float* g = gradient + ((long)y * gradientRow) + channel;
                    if (blocks == 2) Wide32(source, inputRow, shape.Inputs, g, gradientRow, shape.Outputs, rows, shape.Z, run, into, into + shape.BlockWeights);
                    else if (isWide) Wide16(source, inputRow, shape.Inputs, g, gradientRow, shape.Outputs, rows, shape.Z, run, into);
                    else if (shape.Block == Lanes) Eight(source, inputRow, shape.Inputs, g, gradientRow, shape.Outputs, rows, shape.Z, run, into);
                    else Sixteen(source, inputRow, shape.Inputs, g, gradientRow, shape.Outputs, rows, shape.Z, run, into);
                }
            }
        }
    }

    // Runs are multiples of 12 if the number of input channels is a multiple of 4. What is left goes through the narrower vectors.
    private static void Wide32(float* input, int inputRow, int inputStep, float* gradient, int gradientRow, int gradientStep, int rows, int voxels, int run, float* sums, float* next)
    {
        int at = 0;
        for (; at + WideConvGradientTiles.Inputs <= run; at += WideConvGradientTiles.Inputs)
            WideConvGradientTiles.Gradient32(input + at, inputRow, inputStep, gradient, gradientRow, gradientStep, rows, voxels, sums + (2 * Lanes * at), next + (2 * Lanes * at));
        if (at == run) return;
        Sixteen(input + at, inputRow, inputStep, gradient, gradientRow, gradientStep, rows, voxels, run - at, sums + (2 * Lanes * at));
        Sixteen(input + at, inputRow, inputStep, gradient + (2 * Lanes), gradientRow, gradientStep, rows, voxels, run - at, next + (2 * Lanes * at));
    }

    private static void Wide16(float* input, int inputRow, int inputStep, float* gradient, int gradientRow, int gradientStep, int rows, int voxels, int run, float* sums)
    {
        int at = 0;
        for (; at + WideConvGradientTiles.Inputs <= run; at += WideConvGradientTiles.Inputs)
            WideConvGradientTiles.Gradient16(input + at, inputRow, inputStep, gradient, gradientRow, gradientStep, rows, voxels, sums + (2 * Lanes * at));
        if (at < run) Sixteen(input + at, inputRow, inputStep, gradient, gradientRow, gradientStep, rows, voxels, run - at, sums + (2 * Lanes * at));
    }

    // 4 inputs x 16 channels at a time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sixteen(float* input, int inputRow, int inputStep, float* gradient, int gradientRow, int gradientStep, int rows, int voxels, int run, float* sums)
    {
        int at = 0;
        for (; at + 4 <= run; at += 4, sums += 8 * Lanes)
        {
            Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (int row = 0; row < rows; row++)
            {
                float* x = input + ((long)row * inputRow) + at, g = gradient + ((long)row * gradientRow);
                for (int voxel = 0; voxel < voxels; voxel++, x += inputStep, g += gradientStep)
                {
                    Vector256<float> first = Vector256.Load(g), second = Vector256.Load(g + Lanes);
                    Vector256<float> value = Vector256.Create(*x);
                    a0 = Vector256.FusedMultiplyAdd(value, first, a0);
                    b0 = Vector256.FusedMultiplyAdd(value, second, b0);
                    value = Vector256.Create(x[1]);
                    a1 = Vector256.FusedMultiplyAdd(value, first, a1);
                    b1 = Vector256.FusedMultiplyAdd(value, second, b1);
                    value = Vector256.Create(x[2]);
                    a2 = Vector256.FusedMultiplyAdd(value, first, a2);
                    b2 = Vector256.FusedMultiplyAdd(value, second, b2);
                    value = Vector256.Create(x[3]);
                    a3 = Vector256.FusedMultiplyAdd(value, first, a3);
                    b3 = Vector256.FusedMultiplyAdd(value, second, b3);
                }
            }
            Add(a0, sums);
            Add(b0, sums + Lanes);
            Add(a1, sums + (2 * Lanes));
            Add(b1, sums + (3 * Lanes));
            Add(a2, sums + (4 * Lanes));
            Add(b2, sums + (5 * Lanes));
            Add(a3, sums + (6 * Lanes));
            Add(b3, sums + (7 * Lanes));
        }
        for (; at < run; at++, sums += 2 * Lanes)
        {
            Vector256<float> a = default, b = default;
            for (int row = 0; row < rows; row++)
            {
                float* x = input + ((long)row * inputRow) + at, g = gradient + ((long)row * gradientRow);
                for (int voxel = 0; voxel < voxels; voxel++, x += inputStep, g += gradientStep)
                {
                    Vector256<float> value = Vector256.Create(*x);
                    a = Vector256.FusedMultiplyAdd(value, Vector256.Load(g), a);
                    b = Vector256.FusedMultiplyAdd(value, Vector256.Load(g + Lanes), b);
                }
            }
            Add(a, sums);
            Add(b, sums + Lanes);
        }
    }

    // 8 inputs x 8 channels at a time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float* input, int inputRow, int inputStep, float* gradient, int gradientRow, int gradientStep, int rows, int voxels, int run, float* sums)
    {
        int at = 0;
        for (; at + 8 <= run; at += 8, sums += 8 * Lanes)
        {
            Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
            for (int row = 0; row < rows; row++)
            {
                float* x = input + ((long)row * inputRow) + at, g = gradient + ((long)row * gradientRow);
                for (int voxel = 0; voxel < voxels; voxel++, x += inputStep, g += gradientStep)
                {
                    Vector256<float> first = Vector256.Load(g);
                    a0 = Vector256.FusedMultiplyAdd(Vector256.Create(*x), first, a0);
                    a1 = Vector256.FusedMultiplyAdd(Vector256.Create(x[1]), first, a1);
                    a2 = Vector256.FusedMultiplyAdd(Vector256.Create(x[2]), first, a2);
                    a3 = Vector256.FusedMultiplyAdd(Vector256.Create(x[3]), first, a3);
                    a4 = Vector256.FusedMultiplyAdd(Vector256.Create(x[4]), first, a4);
                    a5 = Vector256.FusedMultiplyAdd(Vector256.Create(x[5]), first, a5);
                    a6 = Vector256.FusedMultiplyAdd(Vector256.Create(x[6]), first, a6);
                    a7 = Vector256.FusedMultiplyAdd(Vector256.Create(x[7]), first, a7);
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
        }
        for (; at < run; at++, sums += Lanes)
        {
            Vector256<float> a = default;
            for (int row = 0; row < rows; row++)
            {
                float* x = input + ((long)row * inputRow) + at, g = gradient + ((long)row * gradientRow);
                for (int voxel = 0; voxel < voxels; voxel++, x += inputStep, g += gradientStep) a = Vector256.FusedMultiplyAdd(Vector256.Create(*x), Vector256.Load(g), a);
            }
            Add(a, sums);
        }
    }

    private static void Add(Vector256<float> value, float* sums) => (Vector256.Load(sums) + value).Store(sums);
}
