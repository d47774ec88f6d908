using HiEndMae.Imaging;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>An encoder of feature maps that can be run on the visible cells of a volume alone: hidden cells are 0 in every map and have no part in statistics.</summary>
public interface IMaskedEncoder
{
    /// <summary>Voxels of a cell along x, y, z: what the coarsest level is strided by.</summary>
    Size3 CellSize { get; }

    /// <summary>Encodes the visible cells.</summary>
    /// <param name="volumes">[B, C, X, Y, Z], intensities scaled to [0, 1].</param>
    /// <param name="visible">[B, 1, x, y, z] bool, a cell each; as many are visible in every sample.</param>
    FeaturePyramid EncodeCells(Tensor volumes, Tensor visible);
}
