using System.Runtime.InteropServices;
using TorchSharp;

namespace HiEndMae.Engine.Optimisation;

/// <summary>What TorchSharp's native library tells about tensors without making objects for it.</summary>
internal static unsafe class NativeTensors
{
    private static readonly delegate* unmanaged<nint, nint> Data = (delegate* unmanaged<nint, nint>)Export("THSTensor_data");

    /// <summary>Address of a tensor's first element.</summary>
    public static nint Address(nint handle) => Data(handle);

    private static nint Export(string name)
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        nint library = NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
        return NativeLibrary.GetExport(library, name);
    }
}
