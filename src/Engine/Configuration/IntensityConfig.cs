using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>How the intensities of a scan are normalised.</summary>
[ConfigSection]
public sealed partial record IntensityConfig
{
    /// <summary>window: by the ends of 'window', the same for every scan. percentiles: by two percentiles of each scan and channel, as MONAI's ScaleIntensityRangePercentiles with clipping.</summary>
    public IntensityKind Kind { get; init; } = IntensityKind.Window;

    /// <summary>Percentile that is mapped to 0; values below it are clipped.</summary>
    [Range(0, 100)]
    public double Lower { get; init; } = DefaultLower;

    /// <summary>Percentile that is mapped to 1; values above it are clipped.</summary>
    [Range(0, 100)]
    public double Upper { get; init; } = DefaultUpper;

    private const double DefaultLower = 0.5, DefaultUpper = 99.5;

    partial void Check(KeyReport report)
    {
        if (Lower >= Upper) report.Error(nameof(Upper), FormattableString.Invariant($"must be above 'lower', which is {Lower}"));
        if (Kind == IntensityKind.Percentiles) return;
        if (Lower != DefaultLower) report.Warning(nameof(Lower), "has no effect with kind = \"window\"");
        if (Upper != DefaultUpper) report.Warning(nameof(Upper), "has no effect with kind = \"window\"");
    }
}
