namespace HiEndMae.Runs.Analysis;

/// <summary>Request for reconstructions.</summary>
/// <param name="Split">Cases to take crops from.</param>
/// <param name="Cases">Number of cases, with one crop each.</param>
/// <param name="Seed">Seed of crops and masks.</param>
/// <param name="Ratios">Mask ratios.</param>
internal sealed record ReconstructionRequest(DatasetSplit Split, int Cases, int Seed, IReadOnlyList<double> Ratios);
