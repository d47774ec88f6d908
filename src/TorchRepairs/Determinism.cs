namespace HiEndMae.TorchRepairs;

/// <summary>libtorch's deterministic mode: what torch.use_deterministic_algorithms does.</summary>
/// <remarks>On CPU libtorch gives the same bits for the same number of threads in either mode. On GPU it then uses deterministic kernels, and fails where there is none.</remarks>
public static class Determinism
{
    private const string Setting = "deterministic = true";

    /// <summary>Whether this libtorch has the mode.</summary>
    public static bool IsSupported => LibtorchContext.IsSupported;

    /// <summary>Whether it is on.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not have the mode.</exception>
    public static bool IsOn => LibtorchContext.Get("_ZNK2at7Context23deterministicAlgorithmsEv", Setting);

    /// <summary>Switches the mode on or off for this process. Switching it on also turns off cuDNN's search for the fastest algorithm.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not have the mode.</exception>
    public static void Set(bool on)
    {
        LibtorchContext.Set("_ZN2at7Context26setDeterministicAlgorithmsEbb", on, false, Setting);
        LibtorchContext.Set("_ZN2at7Context21setDeterministicCuDNNEb", on, Setting);
        if (on) CudaArithmetic.SetBenchmark(false);
    }
}
