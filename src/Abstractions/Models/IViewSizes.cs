using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>Implemented by configs of pretext tasks that cut views out of each crop. The encoder then sees volumes of another size than the crops of <c>[pretrain.data]</c>.</summary>
public interface IViewSizes
{
    /// <summary>Size in voxels of the views that the encoder is built for.</summary>
    /// <param name="crop">Size of a crop in voxels.</param>
    Size3 EncoderCrop(Size3 crop);
}
