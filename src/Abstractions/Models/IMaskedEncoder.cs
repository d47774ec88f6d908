using HiEndMae.Imaging;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>An encoder of feature maps that can encode only the visible cells of a volume. Hidden cells are 0 in every map and are not part of statistics.</summary>
public interface IMaskedEncoder
{
    /// <summary>Size of a cell in voxels: the stride of the coarsest level.</summary>
    Size3 CellSize { get; }

    /// <summary>Encodes the visible cells.</summary>
    /// <param name="volumes">[B, C, X, Y, Z], intensities scaled to [0, 1].</param>
    /// <param name="visible">[B, 1, x, y, z] bool, one value per cell. Every sample has the same number of visible cells.</param>
    FeaturePyramid EncodeCells(Tensor volumes, Tensor visible);
}
