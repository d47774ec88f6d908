namespace HiEndMae.Runs.Analysis;

/// <summary>Options of an analysis.</summary>
/// <param name="Models">Runs, stages or checkpoints, optionally with labels.</param>
/// <param name="FitSplit">Labelled cases to fit on.</param>
/// <param name="FitCases">Number of these cases, in the order of the dataset; 0 for all.</param>
/// <param name="ScoreSplit">Labelled cases to score.</param>
/// <param name="Layers">Encoder blocks.</param>
/// <param name="Crops">Crops per case.</param>
/// <param name="Seed">Seed of the crops.</param>
/// <param name="RandomEncoders">Number of untrained encoders to compare with.</param>
/// <param name="Out">Folder of the results.</param>
internal sealed record ProbeRequest(
    IReadOnlyList<string> Models, DatasetSplit FitSplit, int FitCases, DatasetSplit ScoreSplit, IReadOnlyList<int> Layers, int Crops, int Seed, int RandomEncoders, string? Out);
