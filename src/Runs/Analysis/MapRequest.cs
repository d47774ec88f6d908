namespace HiEndMae.Runs.Analysis;

/// <summary>The queries whose attention is shown.</summary>
/// <param name="Split">Cases to choose from.</param>
/// <param name="Cases">Ids of cases; empty for the first case, or for the first that contains the organ.</param>
/// <param name="Places">Positions, as written on the command line.</param>
/// <param name="Organs">Names of classes. Each gets a query.</param>
/// <param name="Layers">Blocks, counted from zero. The last block is always included.</param>
internal sealed record MapRequest(DatasetSplit Split, IReadOnlyList<string> Cases, IReadOnlyList<QueryPlace> Places, IReadOnlyList<string> Organs, IReadOnlyList<int> Layers);
