namespace HiEndMae.Engine.Metrics;

/// <summary>Metrics of label maps.</summary>
public enum ScoreMetric
{
    /// <summary>2 |A and B| / (|A| + |B|), 0 to 1.</summary>
    Dice,

    /// <summary>|A and B| / |A or B|, 0 to 1.</summary>
    Iou,

    /// <summary>The larger of the two directed 95th percentiles of surface distances, mm.</summary>
    Hd95,

    /// <summary>Average symmetric surface distance, mm.</summary>
    Assd,

    /// <summary>Normalised surface Dice: fraction of both surfaces that is within a tolerance of the other, 0 to 1.</summary>
    SurfaceDice,
}
