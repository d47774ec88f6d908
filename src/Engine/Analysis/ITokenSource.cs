using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Turns a crop into tokens that a probe reads, one set per layer.</summary>
public interface ITokenSource
{
    /// <summary>Names of the layers, shallow first.</summary>
    IReadOnlyList<string> Layers { get; }

    /// <summary>Tokens of a crop by layer, each [N, F] in the order of the patches.</summary>
    IReadOnlyList<Tensor> Tokens(ProbeCrop crop);
}
