using HiEndMae.Imaging;

namespace HiEndMae.Engine.Metrics;

/// <summary>How comparisons become numbers in a table: stored with every result, printed with every table.</summary>
/// <param name="MissingOrgans">What an absent organ counts.</param>
/// <param name="IncludeBackground">Whether means over classes of overlap metrics count background; surface metrics never do.</param>
/// <param name="SurfaceToleranceMm">Tolerance of the surface Dice.</param>
public sealed record ScoringPolicy(MissingOrgans MissingOrgans, bool IncludeBackground, double SurfaceToleranceMm)
{
    /// <summary>The value of a metric for one class of one case; null where it is left out of means.</summary>
    /// <param name="metric">Which.</param>
    /// <param name="measure">The comparison.</param>
    /// <param name="penaltyMm">Distance that stands for a missed organ: the image's diagonal.</param>
    public double? Score(ScoreMetric metric, OrganMeasure measure, double penaltyMm)
    {
        ArgumentNullException.ThrowIfNull(measure);
        bool predicted = measure.PredictedVoxels > 0, actual = measure.TruthVoxels > 0;
        if (!predicted && !actual) return null;
        if (predicted && actual) return Of(metric, measure);
        if (MissingOrgans == MissingOrgans.Strict) return metric.IsDistance() ? penaltyMm : 0;
        return metric switch
        {
            // A percentile of infinite distances is no number there; their mean is infinite.
            ScoreMetric.Hd95 => null,
            ScoreMetric.Assd => double.PositiveInfinity,
            ScoreMetric.SurfaceDice => 0,
            _ => actual ? 0 : null,
        };
    }

    /// <summary>Edge to edge through the image, mm: no surface distance in it is larger.</summary>
    public static double Diagonal(Size3 size, Spacing3 spacing)
    {
        double x = size.X * spacing.X, y = size.Y * spacing.Y, z = size.Z * spacing.Z;
        return Math.Sqrt(x * x + y * y + z * z);
    }

    /// <summary>The policy in words, for tables.</summary>
    public string Describe()
    {
        string missing = MissingOrgans == MissingOrgans.Strict
            ? "an organ in only one of truth and prediction counts overlap 0 and distance the image's diagonal; in neither, it is left out (strict)"
            : "overlap is left out where the truth lacks the organ, HD95 where either lacks it; ASSD is infinite and surface Dice 0 where only one has it (monai)";
        string background = IncludeBackground ? "means of overlap count background" : "means leave background out";
        return FormattableString.Invariant($"{missing}; {background}; surface tolerance {SurfaceToleranceMm} mm");
    }

    private double? Of(ScoreMetric metric, OrganMeasure measure) => metric switch
    {
        ScoreMetric.Dice => 2.0 * measure.BothVoxels / (measure.PredictedVoxels + measure.TruthVoxels),
        ScoreMetric.Iou => (double)measure.BothVoxels / (measure.PredictedVoxels + measure.TruthVoxels - measure.BothVoxels),
        ScoreMetric.Hd95 => measure.Surface?.Hd95Mm,
        // MONAI 1.2 gives both directions the same weight, whatever the number of their voxels.
        ScoreMetric.Assd when MissingOrgans == MissingOrgans.Monai => measure.Surface is { } s ? (s.MeanToTruthMm + s.MeanToPredictionMm) / 2 : null,
        ScoreMetric.Assd => measure.Surface?.AssdMm,
        _ => measure.Surface?.WithinTolerance,
    };
}
