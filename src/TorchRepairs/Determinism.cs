namespace HiEndMae.TorchRepairs;

/// <summary>Switches libtorch's deterministic mode, like <c>torch.use_deterministic_algorithms</c>.</summary>
/// <remarks>
/// Gap: TorchSharp does not implement <c>use_deterministic_algorithms</c> (not reported upstream). Shown by: ProcessSettingsTests. Remove it once TorchSharp does.
/// On a CPU libtorch is deterministic for a given number of threads. On a GPU it uses deterministic kernels, or fails if there is none.
/// </remarks>
public static class Determinism
{
    private const string Setting = "deterministic = true";

    /// <summary>Whether this build of libtorch can be switched.</summary>
    public static bool IsSupported => LibtorchContext.IsSupported;

    /// <summary>Whether deterministic mode is on.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static bool IsOn => LibtorchContext.Get("_ZNK2at7Context23deterministicAlgorithmsEv", Setting);

    /// <summary>Switches deterministic mode on or off for this process. Switching it on also switches off cuDNN's search for the fastest algorithm.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static void Set(bool on)
    {
        LibtorchContext.Set("_ZN2at7Context26setDeterministicAlgorithmsEbb", on, false, Setting);
        LibtorchContext.Set("_ZN2at7Context21setDeterministicCuDNNEb", on, Setting);
        if (on) CudaArithmetic.SetBenchmark(false);
    }
}
