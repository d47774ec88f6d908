using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Volumes with the channels of a voxel side by side in memory: convolutions on CPUs are faster so (bench/Models).</summary>
internal static class ChannelsLast
{
    /// <summary>A convolution's input, as the device convolves it fastest: [B, C, X, Y, Z], on CPUs with channels last in memory.</summary>
    public static Tensor ForConvolution(Tensor volumes) => volumes.device_type == DeviceType.CPU ? Volumes(Rows(volumes)) : volumes;

    /// <summary>[B, C, X, Y, Z] to contiguous [B, X, Y, Z, C], a view where channels are last in memory.</summary>
    public static Tensor Rows(Tensor volumes) => volumes.permute(0, 2, 3, 4, 1).contiguous();

    /// <summary>[B, X, Y, Z, C] to a view [B, C, X, Y, Z].</summary>
    public static Tensor Volumes(Tensor rows) => rows.permute(0, 4, 1, 2, 3);
}
