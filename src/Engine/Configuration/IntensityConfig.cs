using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>How the intensities of a scan are normalised.</summary>
[ConfigSection]
public sealed partial record IntensityConfig
{
    private const double DefaultLower = 0.5, DefaultUpper = 99.5;

    /// <summary>
    /// window: by the ends of 'window', the same for every scan. percentiles: by two percentiles of each scan and channel, as MONAI's ScaleIntensityRangePercentiles with
    /// clipping. zscore: to mean 0 and deviation 1 of each scan and channel, as MONAI's NormalizeIntensity with channel_wise.
    /// </summary>
    public IntensityKind Kind { get; init; } = IntensityKind.Window;

    /// <summary>Percentile that is mapped to 0; values below it are clipped.</summary>
    [Range(0, 100)]
    public double Lower { get; init; } = DefaultLower;

    /// <summary>Percentile that is mapped to 1; values above it are clipped.</summary>
    [Range(0, 100)]
    public double Upper { get; init; } = DefaultUpper;

    /// <summary>Whether percentiles, or mean and deviation, are those of the voxels that are not 0. zscore then leaves zeros as they are: for brains without their skull.</summary>
    public bool Nonzero { get; init; }

    /// <summary>Lowest and highest value that zscore gives; empty for no clipping.</summary>
    public IReadOnlyList<double> Clip { get; init; } = [];

    partial void Check(KeyReport report)
    {
        if (Lower >= Upper) report.Error(nameof(Upper), FormattableString.Invariant($"must be above 'lower', which is {Lower}"));
        if (Clip.Count is not (0 or 2)) report.Error(nameof(Clip), "must be two values, the lowest and the highest");
        else if (Clip.Count == 2 && !(Clip[0] < Clip[1])) report.Error(nameof(Clip), "must give the lower value first");
        string kind = $"has no effect with kind = \"{Kind.ToString().ToLowerInvariant()}\"";
        if (Kind != IntensityKind.Percentiles && Lower != DefaultLower) report.Warning(nameof(Lower), kind);
        if (Kind != IntensityKind.Percentiles && Upper != DefaultUpper) report.Warning(nameof(Upper), kind);
        if (Kind != IntensityKind.Zscore && Clip.Count > 0) report.Warning(nameof(Clip), kind);
        if (Kind == IntensityKind.Window && Nonzero) report.Warning(nameof(Nonzero), kind);
    }
}
