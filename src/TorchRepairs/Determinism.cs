namespace HiEndMae.TorchRepairs;

/// <summary>libtorch's deterministic mode: what torch.use_deterministic_algorithms does.</summary>
/// <remarks>On CPU libtorch gives the same bits for the same number of threads anyway; on GPU it then takes deterministic kernels, or fails where there is none.</remarks>
public static class Determinism
{
    private const string Setting = "deterministic = true";

    /// <summary>Whether this libtorch can be switched at all.</summary>
    public static bool IsSupported => LibtorchContext.IsSupported;

    /// <summary>Whether it is on.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not have the functions.</exception>
    public static bool IsOn => LibtorchContext.Get("_ZNK2at7Context23deterministicAlgorithmsEv", Setting);

    /// <summary>Switches it on or off for this process; on, cuDNN's search for the fastest algorithm is off too.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not have the functions.</exception>
    public static void Set(bool on)
    {
        LibtorchContext.Set("_ZN2at7Context26setDeterministicAlgorithmsEbb", on, false, Setting);
        LibtorchContext.Set("_ZN2at7Context21setDeterministicCuDNNEb", on, Setting);
        if (on) CudaArithmetic.SetBenchmark(false);
    }
}
