using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Code that the autograd nodes of a transformer block's branches share.</summary>
internal static unsafe class Branches
{
    private const int RowsOfThread = 12, MostWidth = 256, MostKeys = 1024;
    private static readonly Autocast? Autocast = FindAutocast();

    /// <summary>Whether a branch is computed in one node: float32 on CPU, with narrow tokens. Wide ones keep the library's threads busy.</summary>
    /// <param name="x">[B, N, E].</param>
    /// <param name="keys">Keys of a sample.</param>
    public static bool Serve(Tensor x, long keys) =>
        x.device_type == DeviceType.CPU && x.dtype == ScalarType.Float32 && x.shape[^1] <= MostWidth && keys <= MostKeys
        && x.numel() < int.MaxValue / 64 && RegisterTiles.AreSupported && Autocast is not { IsOn: true };

    /// <summary>Threads for a number of rows.</summary>
    public static int Threads(int rows) => Math.Clamp(rows / RowsOfThread, 1, get_num_threads());

    /// <summary>Which arguments of a node need a gradient.</summary>
    public static bool[] Wants(object[] vars) => [.. vars.Select(one => one is Tensor { requires_grad: true })];

    /// <summary>The gradients that are wanted.</summary>
    public static List<Tensor> Gradients(bool[] wants, Tensor?[] gradients) => [.. gradients.Select((gradient, at) => wants[at] ? gradient!.MoveToOuterDisposeScope() : null!)];

    /// <summary>Adds the threads' parts of the gradients of a norm.</summary>
    /// <param name="parts">[threads, 2, width].</param>
    /// <param name="threads">Number of parts.</param>
    /// <param name="width">Width of the norm.</param>
    /// <param name="ofWeight">[width].</param>
    /// <param name="ofBias">[width].</param>
    public static void SumNorm(float* parts, int threads, int width, Tensor ofWeight, Tensor ofBias)
    {
        RowKernels.ColumnSums(parts, 2L * width, threads, width, TensorFloats.Of(ofWeight));
        RowKernels.ColumnSums(parts + width, 2L * width, threads, width, TensorFloats.Of(ofBias));
    }

    // If libtorch lacks the functions of autocast, autocast is off.
    private static Autocast? FindAutocast()
    {
        try
        {
            return new Autocast(DeviceType.CPU);
        }
        catch (MissingFunctionException)
        {
            return null;
        }
    }
}
