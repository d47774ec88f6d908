using HiEndMae.Imaging;

namespace HiEndMae.Host.Commands;

/// <summary>A prepared scan that can be segmented.</summary>
/// <param name="Grid">Grid of the scan and of its results.</param>
/// <param name="Predict">Segments the scan and returns class indices. The argument receives the probabilities plane by plane; it may be null.</param>
internal sealed record SegmentedScan(VolumeGrid Grid, Func<Action<int, Volume<float>>?, Volume<ushort>> Predict);
