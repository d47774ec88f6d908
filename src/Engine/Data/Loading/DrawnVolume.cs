namespace HiEndMae.Engine.Data.Loading;

/// <summary>A volume of a batch.</summary>
/// <param name="Case">Index of the case.</param>
/// <param name="Epoch">Which time through the cases.</param>
/// <param name="Draw">Which draw of that epoch.</param>
internal readonly record struct DrawnVolume(int Case, int Epoch, int Draw);
