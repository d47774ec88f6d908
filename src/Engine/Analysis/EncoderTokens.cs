using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Extracts tokens of a frozen encoder that sees the whole crop: the raw outputs of blocks, and the tokens after the final norm, without the class token.</summary>
/// <param name="encoder">The encoder, in evaluation mode.</param>
/// <param name="layers">Blocks, counted from zero.</param>
/// <param name="device">Device of the encoder.</param>
public sealed class EncoderTokens(TokenEncoder encoder, IReadOnlyList<int> layers, Device device) : ITokenSource
{
    /// <summary>Name of the tokens after the final norm.</summary>
    public const string Final = "norm";

    /// <inheritdoc/>
    public IReadOnlyList<string> Layers { get; } = [.. layers.Order().Select(layer => layer.ToString(CultureInfo.InvariantCulture)), Final];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tokens(ProbeCrop crop)
    {
        ArgumentNullException.ThrowIfNull(crop);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var features = (TokenFeatures)encoder.Encode(crop.Volume.to(device), [.. layers]);
        return [.. layers.Order().Select(layer => Patches(features.Hidden[layer])), Patches(features.Tokens)];
    }

    // [1, N (+1), E] to [N, E].
    private Tensor Patches(Tensor tokens)
    {
        Tensor all = tokens[0];
        return (encoder.TokenInfo.HasClassToken ? all.narrow(0, 1, all.shape[0] - 1) : all).cpu().clone().MoveToOuterDisposeScope();
    }
}
