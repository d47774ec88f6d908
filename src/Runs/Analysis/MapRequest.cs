namespace HiEndMae.Runs.Analysis;

/// <summary>Whose attention to show.</summary>
/// <param name="Split">Cases to choose from.</param>
/// <param name="Cases">Ids of cases; empty for the first case, or the first that holds the organ.</param>
/// <param name="Places">Places as the command line says them.</param>
/// <param name="Organs">Names of classes; a query lies in each.</param>
/// <param name="Layers">Blocks, counted from zero; the last block comes in any case.</param>
internal sealed record MapRequest(DatasetSplit Split, IReadOnlyList<string> Cases, IReadOnlyList<QueryPlace> Places, IReadOnlyList<string> Organs, IReadOnlyList<int> Layers);
