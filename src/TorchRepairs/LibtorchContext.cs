using System.Runtime.InteropServices;
using TorchSharp;

namespace HiEndMae.TorchRepairs;

/// <summary>libtorch's settings for the whole process, which TorchSharp does not reach: the C++ functions of <c>at::Context</c>, called by their exported names.</summary>
internal static unsafe class LibtorchContext
{
    private const string GlobalContext = "_ZN2at13globalContextEv";

    /// <summary>Whether this libtorch exports its context at all.</summary>
    public static bool IsSupported => Library() is { } library && NativeLibrary.TryGetExport(library, GlobalContext, out _);

    /// <summary>Reads a switch.</summary>
    /// <param name="function">Mangled name of a <c>bool f() const</c>.</param>
    /// <param name="setting">The setting that needs it, for the error.</param>
    /// <exception cref="MissingFunctionException">This libtorch does not export it.</exception>
    public static bool Get(string function, string setting) => ((delegate* unmanaged<nint, byte>)Export(function, setting))(Context(setting)) != 0;

    /// <summary>Turns a switch.</summary>
    /// <param name="function">Mangled name of a <c>void f(bool)</c>.</param>
    /// <param name="on">How.</param>
    /// <param name="setting">The setting that needs it, for the error.</param>
    /// <exception cref="MissingFunctionException">This libtorch does not export it.</exception>
    public static void Set(string function, bool on, string setting) => ((delegate* unmanaged<nint, byte, void>)Export(function, setting))(Context(setting), on ? (byte)1 : (byte)0);

    /// <summary>Turns a switch that takes two flags.</summary>
    /// <param name="function">Mangled name of a <c>void f(bool, bool)</c>.</param>
    /// <param name="on">How.</param>
    /// <param name="second">The second flag.</param>
    /// <param name="setting">The setting that needs it, for the error.</param>
    /// <exception cref="MissingFunctionException">This libtorch does not export it.</exception>
    public static void Set(string function, bool on, bool second, string setting) =>
        ((delegate* unmanaged<nint, byte, byte, void>)Export(function, setting))(Context(setting), on ? (byte)1 : (byte)0, second ? (byte)1 : (byte)0);

    private static nint Context(string setting) => ((delegate* unmanaged<nint>)Export(GlobalContext, setting))();

    private static nint? Library()
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        foreach (string name in (string[])["libtorch_cpu.so", "torch_cpu.dll", "libtorch_cpu.dylib"])
        {
            // Loaded already: the system finds it by its name alone.
            if (NativeLibrary.TryLoad(name, out nint library)) return library;
        }
        return null;
    }

    private static nint Export(string name, string setting) => Library() is { } library && NativeLibrary.TryGetExport(library, name, out nint address)
        ? address
        : throw new MissingFunctionException($"{setting} needs the function {name} of libtorch_cpu, which this libtorch does not export; leave it out.");
}
