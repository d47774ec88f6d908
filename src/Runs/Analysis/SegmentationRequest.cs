namespace HiEndMae.Runs.Analysis;

/// <summary>Request for segmentations that compare models by organ and shape.</summary>
/// <param name="Split">Labelled cases.</param>
/// <param name="Cases">Largest number of cases; 0 for all.</param>
/// <param name="Pictures">Number of cases with pictures.</param>
/// <param name="Seed">Seed of the intervals.</param>
internal sealed record SegmentationRequest(DatasetSplit Split, int Cases, int Pictures, int Seed);
