using System.Runtime.InteropServices;
using TorchSharp;

namespace HiEndMae.TorchRepairs;

/// <summary>Reads and changes process-wide settings of libtorch through the exported C++ functions of <c>at::Context</c>. Used by <see cref="Determinism"/> and <see cref="CudaArithmetic"/>.</summary>
internal static unsafe class LibtorchContext
{
    private const string GlobalContext = "_ZN2at13globalContextEv";

    /// <summary>Whether this build of libtorch exports its context.</summary>
    public static bool IsSupported => Library() is { } library && NativeLibrary.TryGetExport(library, GlobalContext, out _);

    /// <summary>Reads a switch.</summary>
    /// <param name="function">Mangled name of a <c>bool f() const</c>.</param>
    /// <param name="setting">The setting that needs the function, for the error message.</param>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static bool Get(string function, string setting) => ((delegate* unmanaged<nint, byte>)Export(function, setting))(Context(setting)) != 0;

    /// <summary>Sets a switch.</summary>
    /// <param name="function">Mangled name of a <c>void f(bool)</c>.</param>
    /// <param name="on">The new value.</param>
    /// <param name="setting">The setting that needs the function, for the error message.</param>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static void Set(string function, bool on, string setting) => ((delegate* unmanaged<nint, byte, void>)Export(function, setting))(Context(setting), on ? (byte)1 : (byte)0);

    /// <summary>Sets a switch that takes two flags.</summary>
    /// <param name="function">Mangled name of a <c>void f(bool, bool)</c>.</param>
    /// <param name="on">The new value.</param>
    /// <param name="second">The second flag.</param>
    /// <param name="setting">The setting that needs the function, for the error message.</param>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export the function.</exception>
    public static void Set(string function, bool on, bool second, string setting) =>
        ((delegate* unmanaged<nint, byte, byte, void>)Export(function, setting))(Context(setting), on ? (byte)1 : (byte)0, second ? (byte)1 : (byte)0);

    /// <summary>Returns the handle of a library of libtorch that is loaded already, such as "libc10.so", wherever it came from.</summary>
    /// <exception cref="DllNotFoundException">No such library is loaded or lies beside TorchSharp.</exception>
    public static nint Open(string library)
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        // Its name is enough. A search by folder could find another copy (LibtorchFolder).
        return NativeLibrary.TryLoad(library, out nint handle) ? handle : NativeLibrary.Load(library, typeof(torch).Assembly, null);
    }

    /// <summary>Name of the library with libtorch's operators on this system.</summary>
    public static string CoreName => OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : OperatingSystem.IsWindows() ? "torch_cpu.dll" : "libtorch_cpu.so";

    private static nint Context(string setting) => ((delegate* unmanaged<nint>)Export(GlobalContext, setting))();

    private static nint? Library()
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        foreach (string name in (string[])["libtorch_cpu.so", "torch_cpu.dll", "libtorch_cpu.dylib"])
        {
            // The library is loaded already, so its name is enough.
            if (NativeLibrary.TryLoad(name, out nint library)) return library;
        }
        return null;
    }

    private static nint Export(string name, string setting) => Library() is { } library && NativeLibrary.TryGetExport(library, name, out nint address)
        ? address
        : throw new MissingFunctionException($"{setting} needs the function {name}, which this build of libtorch does not export; leave the setting out.");
}
