using HiEndMae.Engine.Data.Cases;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>The image of a prepared case as a tensor.</summary>
internal static class CaseTensor
{
    /// <summary>[1, C, X, Y, Z] in half precision, in the current dispose scope.</summary>
    public static unsafe Tensor Of(PreparedCase source, Device device)
    {
        Tensor volume = empty([1, source.Channels, source.Size.X, source.Size.Y, source.Size.Z], ScalarType.Float16);
        long bytes = source.Layout.Image.Bytes;
        Buffer.MemoryCopy(source.Image, (void*)TensorAddress.Of(volume), bytes, bytes);
        return device.type == TorchSharp.DeviceType.CPU ? volume : volume.to(device);
    }
}
