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
        return [PatchVectors.Of(crop.Volume, patch)[0].MoveToOuterDisposeScope()]; // [N, P^3 * C]
    }
}
