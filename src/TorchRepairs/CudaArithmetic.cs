namespace HiEndMae.TorchRepairs;

/// <summary>How GPUs compute in this process; nothing of it changes what a CPU does.</summary>
public static class CudaArithmetic
{
    private const string Tf32 = "cuda.tf32 = true", Benchmark = "cuda.cudnn_benchmark";

    /// <summary>Whether matrix products and convolutions may be computed in TensorFloat-32.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not have the functions.</exception>
    public static bool AllowsTf32 => LibtorchContext.Get("_ZNK2at7Context15allowTF32CuBLASEv", Tf32);

    /// <summary>Whether cuDNN measures its algorithms at the first use of every size.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not have the functions.</exception>
    public static bool Benchmarks => LibtorchContext.Get("_ZNK2at7Context14benchmarkCuDNNEv", Benchmark);

    /// <summary>Allows or forbids TensorFloat-32, for matrix products and for convolutions.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not have the functions.</exception>
    public static void SetTf32(bool on)
    {
        LibtorchContext.Set("_ZN2at7Context18setAllowTF32CuBLASEb", on, Tf32);
        LibtorchContext.Set("_ZN2at7Context17setAllowTF32CuDNNEb", on, Tf32);
    }

    /// <summary>Switches cuDNN's search for the fastest algorithm.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not have the functions.</exception>
    public static void SetBenchmark(bool on) => LibtorchContext.Set("_ZN2at7Context17setBenchmarkCuDNNEb", on, Benchmark);
}
