using System.Runtime.InteropServices;
using TorchSharp;

namespace HiEndMae.TorchRepairs;

/// <summary>TorchSharp's native library, called without an object for every tensor.</summary>
internal static unsafe class NativeTensors
{
    private static readonly nint Library = Load();
    private static readonly delegate* unmanaged<nint, nint> DataOf = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(Library, "THSTensor_data");
    private static readonly delegate* unmanaged<nint, nint> GradOf = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(Library, "THSTensor_grad");
    private static readonly delegate* unmanaged<nint, nint, void> SetGrad = (delegate* unmanaged<nint, nint, void>)NativeLibrary.GetExport(Library, "THSTensor_set_grad");
    private static readonly delegate* unmanaged<nint, byte> IsContiguous = (delegate* unmanaged<nint, byte>)NativeLibrary.GetExport(Library, "THSTensor_is_contiguous");
    private static readonly delegate* unmanaged<nint, void> Free = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(Library, "THSTensor_dispose");

    /// <summary>Address of a tensor's first element.</summary>
    public static nint Address(nint handle) => DataOf(handle);

    /// <summary>Address of a parameter's gradient, valid until the gradient is dropped: 0 where there is none, -1 where its elements are not in order.</summary>
    public static nint GradientAddress(nint parameter)
    {
        nint gradient = GradOf(parameter);
        if (gradient == 0) return 0;
        nint address = IsContiguous(gradient) != 0 ? DataOf(gradient) : -1;
        Free(gradient);
        return address;
    }

    /// <summary>Drops a parameter's gradient.</summary>
    public static void DropGradient(nint parameter) => SetGrad(parameter, 0);

    private static nint Load()
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        return NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
    }
}
