using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.TorchRepairs;

/// <summary>Switches libtorch's autocast on and off through the C++ functions that libtorch exports. Its state belongs to the thread.</summary>
/// <remarks>
/// Gap: TorchSharp has no autocast (dotnet/TorchSharp#1235). Shown by: StepPrecisionTests. Remove it once TorchSharp has <c>torch.autocast</c>.
/// </remarks>
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

    /// <summary>Looks up the functions.</summary>
    /// <exception cref="MissingFunctionException">This build of libtorch does not export a function.</exception>
    public Autocast(DeviceType device)
    {
        this.device = (sbyte)device;
        nint library = LibtorchContext.Open(LibtorchContext.CoreName);
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

    /// <summary>The type in which operations compute.</summary>
    public ScalarType Type => (ScalarType)getType(device);

    /// <summary>Lets operations that benefit from it compute in a type until <see cref="Leave"/>.</summary>
    public void Enter(ScalarType type)
    {
        setType(device, (sbyte)type);
        setEnabled(device, 1);
        _ = incrementNesting();
    }

    /// <summary>Switches autocast off and drops its copies of weights.</summary>
    public void Leave()
    {
        if (decrementNesting() == 0) clearCache();
        setEnabled(device, 0);
    }

    private static nint Find(nint library, string symbol) => NativeLibrary.TryGetExport(library, symbol, out nint address)
        ? address
        : throw new MissingFunctionException($"This build of libtorch does not export '{symbol}', which a precision other than float32 needs; set precision = \"float32\".");
}
