using HiEndMae.Imaging;

namespace HiEndMae.Host.Commands;

/// <summary>A scan that is ready to be segmented.</summary>
/// <param name="Grid">Grid of the scan and of its results.</param>
/// <param name="Predict">Segments it. Takes what receives the probabilities plane by plane, or null; returns class indices.</param>
internal sealed record SegmentedScan(VolumeGrid Grid, Func<Action<int, Volume<float>>?, Volume<ushort>> Predict);
