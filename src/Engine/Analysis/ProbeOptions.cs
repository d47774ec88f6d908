namespace HiEndMae.Engine.Analysis;

/// <summary>Options of probes.</summary>
/// <param name="Layers">Encoder blocks, counted from zero, whose raw outputs are probed in addition to the tokens after the final norm.</param>
public sealed record ProbeOptions(IReadOnlyList<int> Layers)
{
    /// <summary>Number of crops per case.</summary>
    public int CropsPerCase { get; init; } = 1;

    /// <summary>Seed of the crops, of the folds and of the bootstrap.</summary>
    public int Seed { get; init; }

    /// <summary>Penalties to choose from, relative to the variance of a feature.</summary>
    public IReadOnlyList<double> Penalties { get; init; } = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];

    /// <summary>Number of folds for choosing the penalty, at most the number of fitted cases.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Number of neighbours k.</summary>
    public int Neighbours { get; init; } = 20;

    /// <summary>Largest number of fitted tokens among which neighbours are searched, chosen at random.</summary>
    public int MaxNeighbourTokens { get; init; } = 20_000;

    /// <summary>Draws of the bootstrap over cases; 0 for no intervals.</summary>
    public int BootstrapSamples { get; init; } = 2000;
}
