using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>A tensor of a file of weights, before it is read.</summary>
/// <param name="Name">Name in the file, without <c>module.</c> and the key of a nested state dict.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Sizes.</param>
public sealed record WeightEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, edge) => product * edge);
}
