namespace HiEndMae;

/// <summary>The intensities that are 0 and 1 in a crop. Intensities outside were clipped.</summary>
/// <param name="Lower">Intensity that became 0, HU for CT.</param>
/// <param name="Upper">Intensity that became 1, HU for CT.</param>
public sealed record IntensityRange(double Lower, double Upper);
