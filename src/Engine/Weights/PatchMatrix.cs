using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Converts the weight of a patch embedding between its two forms: a convolution [E, C, P, P, P], and MONAI's matrix of patches flattened as (px, py, pz, channel).</summary>
public static class PatchMatrix
{
    /// <summary>Name of the weight in this program.</summary>
    public const string Name = "encoder.patch_embed.proj.weight";

    /// <summary>Converts the matrix [E, P^3 * C] to the weight of a convolution with a shape, in the current dispose scope.</summary>
    public static Tensor ToConvolution(Tensor matrix, IReadOnlyList<long> shape) => matrix.reshape(shape[0], shape[2], shape[3], shape[4], shape[1]).permute(0, 4, 1, 2, 3);

    /// <summary>Converts the weight of a convolution to the matrix [E, P^3 * C], in the current dispose scope.</summary>
    public static Tensor FromConvolution(Tensor weight) => weight.permute(0, 2, 3, 4, 1).flatten(1).contiguous();
}
