namespace HiEndMae.Engine.Analysis;

/// <summary>Measurements in the blocks of one encoder.</summary>
/// <param name="Layers">Names of the layers, shallow first: block indices counted from zero, or levels of a pyramid.</param>
/// <param name="Cases">Index of the case of each crop.</param>
public sealed record EncoderMeasures(IReadOnlyList<string> Layers, IReadOnlyList<int> Cases)
{
    /// <summary>Values by measure: [layer][crop][head], or one value in place of heads. NaN if a crop has no value.</summary>
    public IReadOnlyList<(Measure Measure, double[][][] Values)> Values { get; init; } = [];

    /// <summary>Singular values of V, [layer][crop][k], largest first; empty if ranks were not requested.</summary>
    public double[][][] SingularValues { get; init; } = [];

    /// <summary>Minibatch CKA between layers; null if it was not requested.</summary>
    public double[,]? Cka { get; init; }

    /// <summary>Linear CKA between layers; null if it was not requested.</summary>
    public double[,]? LinearCka { get; init; }

    /// <summary>Minibatch CKA of these layers (rows) with those of the reference encoder (columns); null without one.</summary>
    public double[,]? CkaWithReference { get; init; }
}
