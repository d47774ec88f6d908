using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>A labelled case with its prediction, for pictures and files. All three volumes have one grid, in RAS+.</summary>
/// <param name="Id">Id of the dataset's case.</param>
/// <param name="Image">Scaled intensities.</param>
/// <param name="Truth">Class indices of the label map.</param>
/// <param name="Prediction">Predicted class indices.</param>
public sealed record SegmentedCase(string Id, Volume<float> Image, Volume<ushort> Truth, Volume<ushort> Prediction);
