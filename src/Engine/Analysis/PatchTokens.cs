using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>A baseline: the voxels of a patch as its token.</summary>
/// <param name="patch">Size of a patch in voxels.</param>
public sealed class PatchTokens(Size3 patch) : ITokenSource
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Layers { get; } = ["voxels"];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tokens(ProbeCrop crop)
    {
        ArgumentNullException.ThrowIfNull(crop);
        using DisposeScope scope = NewDisposeScope();
        long[] shape = crop.Volume.shape; // [1, C, X, Y, Z]
        return [crop.Volume
            .reshape(shape[1], shape[2] / patch.X, patch.X, shape[3] / patch.Y, patch.Y, shape[4] / patch.Z, patch.Z)
            .permute(1, 3, 5, 0, 2, 4, 6)
            .reshape(crop.Fractions.shape[0], -1).MoveToOuterDisposeScope()]; // [N, C * P^3]
    }
}
