using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Converts volumes to the channels-last memory format, in which convolutions on CPUs are faster (bench/Models).</summary>
internal static class ChannelsLast
{
    /// <summary>Converts the input of a convolution [B, C, X, Y, Z] to the memory format that is fastest on its device: channels last on CPUs.</summary>
    public static Tensor ForConvolution(Tensor volumes) => volumes.device_type == DeviceType.CPU ? Volumes(Rows(volumes)) : volumes;

    /// <summary>Converts [B, C, X, Y, Z] to contiguous [B, X, Y, Z, C]. This is a view if channels are last in memory.</summary>
    public static Tensor Rows(Tensor volumes) => volumes.permute(0, 2, 3, 4, 1).contiguous();

    /// <summary>Returns a view [B, C, X, Y, Z] of [B, X, Y, Z, C].</summary>
    public static Tensor Volumes(Tensor rows) => rows.permute(0, 4, 1, 2, 3);
}
