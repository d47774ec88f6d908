namespace HiEndMae.Runs.Analysis;

/// <summary>What to segment, to compare models by organ and shape.</summary>
/// <param name="Split">Labelled cases.</param>
/// <param name="Cases">The first so many; 0 for all.</param>
/// <param name="Pictures">Cases of which pictures are drawn.</param>
/// <param name="Seed">Of the intervals.</param>
internal sealed record SegmentationRequest(DatasetSplit Split, int Cases, int Pictures, int Seed);
