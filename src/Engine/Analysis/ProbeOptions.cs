namespace HiEndMae.Engine.Analysis;

/// <summary>How frozen tokens are probed.</summary>
/// <param name="Layers">Encoder blocks, counted from zero, whose raw outputs are probed beside the tokens after the final norm.</param>
public sealed record ProbeOptions(IReadOnlyList<int> Layers)
{
    /// <summary>Crops of each case.</summary>
    public int CropsPerCase { get; init; } = 1;

    /// <summary>Seed of the crops, of the folds and of the bootstrap.</summary>
    public int Seed { get; init; }

    /// <summary>Penalties to choose from, relative to the variance of a feature.</summary>
    public IReadOnlyList<double> Penalties { get; init; } = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];

    /// <summary>Folds of the cases to fit on, by which the penalty is chosen; no more than there are cases.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Neighbours whose mean k-NN predicts.</summary>
    public int Neighbours { get; init; } = 20;

    /// <summary>Most tokens that neighbours are looked for among; a random part of the fitted ones.</summary>
    public int MaxNeighbourTokens { get; init; } = 20_000;

    /// <summary>Draws of the bootstrap over cases; 0 for no intervals.</summary>
    public int BootstrapSamples { get; init; } = 2000;
}
