using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Appends one feature per position of the grid to tokens, to measure what tokens contain beyond their position.</summary>
/// <param name="source">The tokens.</param>
public sealed class WithPosition(ITokenSource source) : ITokenSource
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Layers => source.Layers;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tokens(ProbeCrop crop)
    {
        ArgumentNullException.ThrowIfNull(crop);
        using DisposeScope scope = NewDisposeScope();
        Tensor places = eye(crop.Fractions.shape[0]);
        return [.. source.Tokens(crop).Select(tokens => cat([tokens, places], 1).MoveToOuterDisposeScope())];
    }
}
