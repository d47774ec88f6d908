using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>A baseline: the position of a patch in the crop as its token, with one feature per position.</summary>
public sealed class PositionTokens : ITokenSource
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Layers { get; } = ["position"];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tokens(ProbeCrop crop)
    {
        ArgumentNullException.ThrowIfNull(crop);
        return [eye(crop.Fractions.shape[0])];
    }
}
