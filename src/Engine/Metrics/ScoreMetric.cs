namespace HiEndMae.Engine.Metrics;

/// <summary>What a label map is compared with a truth by.</summary>
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

    /// <summary>Normalised surface Dice: part of both surfaces that lies within a tolerance of the other, 0 to 1.</summary>
    SurfaceDice,
}
