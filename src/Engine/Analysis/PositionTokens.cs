using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>What can be told from a patch's place in the crop alone: one feature per place.</summary>
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
