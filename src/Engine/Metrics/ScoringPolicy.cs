using HiEndMae.Imaging;

namespace HiEndMae.Engine.Metrics;

/// <summary>Rules that turn measurements into scores. They are stored with every result and printed with every table.</summary>
/// <param name="MissingOrgans">How missing organs count.</param>
/// <param name="IncludeBackground">Whether means of overlap metrics over classes include background. Means of surface metrics never do.</param>
/// <param name="SurfaceToleranceMm">Tolerance of the surface Dice.</param>
public sealed record ScoringPolicy(MissingOrgans MissingOrgans, bool IncludeBackground, double SurfaceToleranceMm)
{
    /// <summary>Returns the score of one class of one case; null if it is left out of means.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="measure">The measurements.</param>
    /// <param name="penaltyMm">Distance for a missed organ: the diagonal of the image in mm.</param>
    public double? Score(ScoreMetric metric, OrganMeasure measure, double penaltyMm)
    {
        ArgumentNullException.ThrowIfNull(measure);
        bool predicted = measure.PredictedVoxels > 0, actual = measure.TruthVoxels > 0;
        if (!predicted && !actual) return null;
        if (predicted && actual) return Of(metric, measure);
        if (MissingOrgans == MissingOrgans.Strict) return metric.IsDistance() ? penaltyMm : 0;
        return metric switch
        {
            // In MONAI a percentile of infinite distances is NaN, and their mean is infinite.
            ScoreMetric.Hd95 => null,
            ScoreMetric.Assd => double.PositiveInfinity,
            ScoreMetric.SurfaceDice => 0,
            _ => actual ? 0 : null,
        };
    }

    /// <summary>Returns the diagonal of the image in mm, the largest possible surface distance.</summary>
    public static double Diagonal(Size3 size, Spacing3 spacing)
    {
        double x = size.X * spacing.X, y = size.Y * spacing.Y, z = size.Z * spacing.Z;
        return Math.Sqrt(x * x + y * y + z * z);
    }

    /// <summary>Describes the policy in words, for tables.</summary>
    public string Describe()
    {
        string missing = MissingOrgans == MissingOrgans.Strict
            ? "an organ in only one of truth and prediction gets overlap 0 and the image's diagonal as distance; an organ in neither is left out (strict)"
            : "overlap is left out if the truth lacks the organ, HD95 if either lacks it; ASSD is infinite and surface Dice 0 if only one has it (monai)";
        string background = IncludeBackground ? "means of overlap include background" : "means exclude background";
        return FormattableString.Invariant($"{missing}; {background}; surface tolerance {SurfaceToleranceMm} mm");
    }

    private double? Of(ScoreMetric metric, OrganMeasure measure) => metric switch
    {
        ScoreMetric.Dice => 2.0 * measure.BothVoxels / (measure.PredictedVoxels + measure.TruthVoxels),
        ScoreMetric.Iou => (double)measure.BothVoxels / (measure.PredictedVoxels + measure.TruthVoxels - measure.BothVoxels),
        ScoreMetric.Hd95 => measure.Surface?.Hd95Mm,
        // MONAI 1.2 weights both directions equally, whatever their numbers of voxels.
        ScoreMetric.Assd when MissingOrgans == MissingOrgans.Monai => measure.Surface is { } s ? (s.MeanToTruthMm + s.MeanToPredictionMm) / 2 : null,
        ScoreMetric.Assd => measure.Surface?.AssdMm,
        _ => measure.Surface?.WithinTolerance,
    };
}
