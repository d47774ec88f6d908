using HiEndMae.Runs.Loading;

namespace HiEndMae.Sweeps;

/// <summary>The outcome of a sweep.</summary>
/// <param name="IsComplete">Whether every stage has finished.</param>
/// <param name="UnderWay">Number of stages in a cluster's queue, which continue after this process.</param>
/// <param name="Combinations">Combinations whose stages have all finished, with their run directories, in the sweep's order.</param>
internal sealed record SweepOutcome(bool IsComplete, int UnderWay, IReadOnlyList<(LoadedExperiment Experiment, string Folder)> Combinations);
