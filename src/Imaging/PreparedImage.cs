namespace HiEndMae.Imaging;

/// <summary>An image as a model takes it, and the way back.</summary>
/// <param name="Image">RAS+, resampled, scaled, cropped and padded, as the plan says.</param>
/// <param name="Trace">Brings the image's label map to the same grid, and predictions back to the file's.</param>
public sealed record PreparedImage(Volume<float> Image, PreparationTrace Trace);
