using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>A place that crops are cut from.</summary>
/// <param name="Case">Id of the case.</param>
/// <param name="Start">First voxel of the box, in the prepared case: after orientation, resampling and cropping to the foreground.</param>
/// <param name="Size">Voxels of the box. It is resized linearly if it has another size than the crops.</param>
/// <param name="Class">Class of the crop, from 0.</param>
public sealed record CropPlace(string Case, Size3 Start, Size3 Size, int Class);
