using System.Runtime.InteropServices;
using TorchSharp;

namespace HiEndMae.TorchRepairs;

/// <summary>Calls TorchSharp's native library directly, without creating an object per tensor.</summary>
/// <remarks>
/// Gap: reading the address of a gradient through TorchSharp allocates a tensor object for each parameter and step (not reported upstream). Shown by: OptimisationTests, which
/// count allocations of a step. Remove it once TorchSharp gives addresses without allocating.
/// </remarks>
internal static unsafe class NativeTensors
{
    private static readonly nint Library = Load();
    private static readonly delegate* unmanaged<nint, nint> DataOf = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(Library, "THSTensor_data");
    private static readonly delegate* unmanaged<nint, nint> GradOf = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(Library, "THSTensor_grad");
    private static readonly delegate* unmanaged<nint, nint, void> SetGrad = (delegate* unmanaged<nint, nint, void>)NativeLibrary.GetExport(Library, "THSTensor_set_grad");
    private static readonly delegate* unmanaged<nint, byte> IsContiguous = (delegate* unmanaged<nint, byte>)NativeLibrary.GetExport(Library, "THSTensor_is_contiguous");
    private static readonly delegate* unmanaged<nint, void> Free = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(Library, "THSTensor_dispose");

    /// <summary>Returns the address of a tensor's first element.</summary>
    public static nint Address(nint handle) => DataOf(handle);

    /// <summary>Returns the address of a parameter's gradient, which is valid until the gradient is dropped. Returns 0 if there is none, and -1 if it is not contiguous.</summary>
    public static nint GradientAddress(nint parameter)
    {
        nint gradient = GradOf(parameter);
        if (gradient == 0) return 0;
        nint address = IsContiguous(gradient) != 0 ? DataOf(gradient) : -1;
        Free(gradient);
        return address;
    }

    /// <summary>Drops the gradient of a parameter.</summary>
    public static void DropGradient(nint parameter) => SetGrad(parameter, 0);

    private static nint Load()
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        return NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
    }
}
