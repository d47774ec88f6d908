using System.Runtime.InteropServices;

namespace HiEndMae.Engine.Training;

/// <summary>libtorch's deterministic mode, which TorchSharp does not reach: the C++ functions behind torch.use_deterministic_algorithms are called by their exported names.</summary>
/// <remarks>On CPU libtorch gives the same bits for the same number of threads anyway; on GPU it then takes deterministic kernels, or fails where there is none.</remarks>
public static unsafe class Determinism
{
    private const string GlobalContext = "_ZN2at13globalContextEv";

    /// <summary>Whether this libtorch can be switched at all.</summary>
    public static bool IsSupported => Library() is { } library && NativeLibrary.TryGetExport(library, GlobalContext, out _);

    /// <summary>Whether it is on.</summary>
    /// <exception cref="PluginException">This libtorch does not have the functions.</exception>
    public static bool IsOn => ((delegate* unmanaged<nint, byte>)Export("_ZNK2at7Context23deterministicAlgorithmsEv"))(Context()) != 0;

    /// <summary>Switches it on or off for this process.</summary>
    /// <exception cref="PluginException">This libtorch does not have the functions.</exception>
    public static void Set(bool on)
    {
        nint context = Context();
        byte flag = on ? (byte)1 : (byte)0;
        ((delegate* unmanaged<nint, byte, byte, void>)Export("_ZN2at7Context26setDeterministicAlgorithmsEbb"))(context, flag, 0);
        ((delegate* unmanaged<nint, byte, void>)Export("_ZN2at7Context21setDeterministicCuDNNEb"))(context, flag);
        if (on) ((delegate* unmanaged<nint, byte, void>)Export("_ZN2at7Context17setBenchmarkCuDNNEb"))(context, 0);
    }

    private static nint Context() => ((delegate* unmanaged<nint>)Export(GlobalContext))();

    private static nint? Library()
    {
        TorchSharp.torch.InitializeDeviceType(TorchSharp.DeviceType.CPU);
        foreach (string name in (string[])["libtorch_cpu.so", "torch_cpu.dll", "libtorch_cpu.dylib"])
        {
            // Loaded already: the system finds it by its name alone.
            if (NativeLibrary.TryLoad(name, out nint library)) return library;
        }
        return null;
    }

    private static nint Export(string name) => Library() is { } library && NativeLibrary.TryGetExport(library, name, out nint address)
        ? address
        : throw new PluginException($"deterministic = true needs the function {name} of libtorch_cpu, which this libtorch does not export; leave it out.");
}
