namespace HiEndMae.Engine.Data.Loading;

/// <summary>A case of a batch.</summary>
/// <param name="Case">Index of the case.</param>
/// <param name="Epoch">Number of the epoch.</param>
/// <param name="Draw">Number of the draw within the epoch.</param>
internal readonly record struct DrawnVolume(int Case, int Epoch, int Draw);
