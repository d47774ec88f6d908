namespace HiEndMae.Engine.Analysis;

/// <summary>What was measured in the blocks of one encoder.</summary>
/// <param name="Layers">Names of the layers, shallow first: block indices counted from zero, or levels of a pyramid.</param>
/// <param name="Cases">For each crop the index of its case.</param>
public sealed record EncoderMeasures(IReadOnlyList<string> Layers, IReadOnlyList<int> Cases)
{
    /// <summary>For each measure [layer][crop][head], or one value where it is not by head. NaN where a crop has no value.</summary>
    public IReadOnlyList<(Measure Measure, double[][][] Values)> Values { get; init; } = [];

    /// <summary>Singular values of V, [layer][crop][k], largest first; empty where ranks were not asked for.</summary>
    public double[][][] SingularValues { get; init; } = [];

    /// <summary>Minibatch CKA between layers; null where it was not asked for.</summary>
    public double[,]? Cka { get; init; }

    /// <summary>Linear CKA between layers; null where it was not asked for.</summary>
    public double[,]? LinearCka { get; init; }

    /// <summary>Minibatch CKA of these layers (rows) with those of the reference encoder (columns); null without one.</summary>
    public double[,]? CkaWithReference { get; init; }
}
