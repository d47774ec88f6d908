namespace HiEndMae.Runs.Analysis;

/// <summary>What to reconstruct.</summary>
/// <param name="Split">Cases to take crops from.</param>
/// <param name="Cases">The first so many; one crop each.</param>
/// <param name="Seed">Seed of crops and masks.</param>
/// <param name="Ratios">Parts of the patches that are hidden.</param>
internal sealed record ReconstructionRequest(DatasetSplit Split, int Cases, int Seed, IReadOnlyList<double> Ratios);
