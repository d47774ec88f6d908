using HiEndMae.Imaging;

namespace HiEndMae.Counting;

/// <summary>Views of one size that a pretext task gives to the encoder for a crop.</summary>
/// <param name="Size">Voxels of a view along x, y, z.</param>
/// <param name="Count">Number of views.</param>
public sealed record EncoderViews(Size3 Size, int Count);
