using HiEndMae.Engine.Analysis;

namespace HiEndMae.Runs.Analysis;

/// <summary>Request for measurements in the layers of encoders.</summary>
/// <param name="Split">Cases that crops are cut from.</param>
/// <param name="Cases">Largest number of these, in the dataset's order; 0 for all.</param>
/// <param name="Crops">Crops of each case.</param>
/// <param name="Seed">Seed of crops, masks and bootstrap.</param>
/// <param name="Untrained">Untrained encoders to compare with.</param>
/// <param name="Options">What to measure.</param>
internal sealed record RepresentationRequest(DatasetSplit Split, int Cases, int Crops, int Seed, int Untrained, MeasurementOptions Options);
