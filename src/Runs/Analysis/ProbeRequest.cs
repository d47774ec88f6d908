namespace HiEndMae.Runs.Analysis;

/// <summary>Request for probes.</summary>
/// <param name="FitSplit">Labelled cases to fit on.</param>
/// <param name="FitCases">Largest number of these, in the dataset's order; 0 for all.</param>
/// <param name="ScoreSplit">Labelled cases to score.</param>
/// <param name="Layers">Encoder blocks.</param>
/// <param name="Crops">Crops per case.</param>
/// <param name="Seed">Seed of the crops.</param>
/// <param name="RandomEncoders">Untrained encoders to compare with.</param>
internal sealed record ProbeRequest(DatasetSplit FitSplit, int FitCases, DatasetSplit ScoreSplit, IReadOnlyList<int> Layers, int Crops, int Seed, int RandomEncoders);
