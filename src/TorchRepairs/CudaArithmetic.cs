namespace HiEndMae.TorchRepairs;

/// <summary>Sets how GPUs compute in this process. Nothing here affects CPUs.</summary>
/// <remarks>Gap: TorchSharp has no <c>torch.backends</c> switches for TF32 and cuDNN (not reported upstream). Shown by: ProcessSettingsTests. Remove it once TorchSharp has them.</remarks>
public static class CudaArithmetic
{
    private const string Tf32 = "cuda.tf32 = true", Benchmark = "cuda.cudnn_benchmark";

    /// <summary>Whether matrix products and convolutions may use TensorFloat-32.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static bool AllowsTf32 => LibtorchContext.Get("_ZNK2at7Context15allowTF32CuBLASEv", Tf32);

    /// <summary>Whether cuDNN benchmarks its algorithms at the first use of every size.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static bool Benchmarks => LibtorchContext.Get("_ZNK2at7Context14benchmarkCuDNNEv", Benchmark);

    /// <summary>Allows or forbids TensorFloat-32 for matrix products and convolutions.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static void SetTf32(bool on)
    {
        LibtorchContext.Set("_ZN2at7Context18setAllowTF32CuBLASEb", on, Tf32);
        LibtorchContext.Set("_ZN2at7Context17setAllowTF32CuDNNEb", on, Tf32);
    }

    /// <summary>Switches cuDNN's search for the fastest algorithm on or off.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static void SetBenchmark(bool on) => LibtorchContext.Set("_ZN2at7Context17setBenchmarkCuDNNEb", on, Benchmark);
}
