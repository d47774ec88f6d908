using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>The two forms of a patch embedding's weight: a convolution [E, C, P, P, P], and MONAI's matrix of patches flattened as (px, py, pz, channel).</summary>
public static class PatchMatrix
{
    /// <summary>Name of the weight here.</summary>
    public const string Name = "encoder.patch_embed.proj.weight";

    /// <summary>The matrix [E, P^3 * C] as the weight of a convolution of a shape; in the current dispose scope.</summary>
    public static Tensor ToConvolution(Tensor matrix, IReadOnlyList<long> shape) => matrix.reshape(shape[0], shape[2], shape[3], shape[4], shape[1]).permute(0, 4, 1, 2, 3);

    /// <summary>The weight of a convolution as the matrix [E, P^3 * C]; in the current dispose scope.</summary>
    public static Tensor FromConvolution(Tensor weight) => weight.permute(0, 2, 3, 4, 1).flatten(1).contiguous();
}
