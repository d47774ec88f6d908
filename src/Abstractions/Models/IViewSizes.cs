using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>A config of a pretext task that cuts views out of each crop, so that the encoder sees volumes of another size than <c>[pretrain.data]</c> says.</summary>
public interface IViewSizes
{
    /// <summary>Voxels of the views that the encoder is made for.</summary>
    /// <param name="crop">Voxels of a crop.</param>
    Size3 EncoderCrop(Size3 crop);
}
