using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.TorchRepairs;

/// <summary>libtorch's own autocast, by the C++ functions that its library exports; TorchSharp has no way to it.</summary>
/// <remarks>Its state belongs to the thread.</remarks>
public sealed unsafe class Autocast
{
    private readonly delegate* unmanaged<sbyte, byte, void> setEnabled;
    private readonly delegate* unmanaged<sbyte, byte> isEnabled;
    private readonly delegate* unmanaged<sbyte, sbyte, void> setType;
    private readonly delegate* unmanaged<sbyte, sbyte> getType;
    private readonly delegate* unmanaged<int> incrementNesting;
    private readonly delegate* unmanaged<int> decrementNesting;
    private readonly delegate* unmanaged<void> clearCache;
    private readonly sbyte device;

    /// <summary>Finds the functions.</summary>
    /// <exception cref="MissingFunctionException">This libtorch does not export what is needed.</exception>
    public Autocast(DeviceType device)
    {
        this.device = (sbyte)device;
        InitializeDeviceType(DeviceType.CPU);
        string name = OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : OperatingSystem.IsWindows() ? "torch_cpu.dll" : "libtorch_cpu.so";
        nint library = NativeLibrary.Load(name, typeof(torch).Assembly, null);
        setEnabled = (delegate* unmanaged<sbyte, byte, void>)Find(library, "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb");
        isEnabled = (delegate* unmanaged<sbyte, byte>)Find(library, "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE");
        setType = (delegate* unmanaged<sbyte, sbyte, void>)Find(library, "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE");
        getType = (delegate* unmanaged<sbyte, sbyte>)Find(library, "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE");
        incrementNesting = (delegate* unmanaged<int>)Find(library, "_ZN2at8autocast17increment_nestingEv");
        decrementNesting = (delegate* unmanaged<int>)Find(library, "_ZN2at8autocast17decrement_nestingEv");
        clearCache = (delegate* unmanaged<void>)Find(library, "_ZN2at8autocast11clear_cacheEv");
    }

    /// <summary>Whether this thread is between <see cref="Enter"/> and <see cref="Leave"/>.</summary>
    public bool IsOn => isEnabled(device) != 0;

    /// <summary>The type that operations are given.</summary>
    public ScalarType Type => (ScalarType)getType(device);

    /// <summary>Operations that gain from it take and give this type until <see cref="Leave"/>.</summary>
    public void Enter(ScalarType type)
    {
        setType(device, (sbyte)type);
        setEnabled(device, 1);
        _ = incrementNesting();
    }

    /// <summary>Ends it, and drops the copies of weights that it kept.</summary>
    public void Leave()
    {
        if (decrementNesting() == 0) clearCache();
        setEnabled(device, 0);
    }

    private static nint Find(nint library, string symbol) => NativeLibrary.TryGetExport(library, symbol, out nint address)
        ? address
        : throw new MissingFunctionException($"A precision other than float32 needs libtorch's autocast, and this build of it does not export '{symbol}'; allowed here: precision = \"float32\".");
}
