using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Converts a crop to tokens for a probe, one set per layer.</summary>
public interface ITokenSource
{
    /// <summary>Names of the layers, shallow first.</summary>
    IReadOnlyList<string> Layers { get; }

    /// <summary>Returns the tokens of a crop by layer, each [N, F] in the order of the patches.</summary>
    IReadOnlyList<Tensor> Tokens(ProbeCrop crop);
}
