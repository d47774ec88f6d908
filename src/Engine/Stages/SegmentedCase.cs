using HiEndMae.Engine.Data;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>A test case with its prediction, for pictures and files.</summary>
/// <param name="Case">Image and truth as the model sees them.</param>
/// <param name="Prediction">Class indices on the same grid.</param>
public sealed record SegmentedCase(PreparedCase Case, Volume<ushort> Prediction);
