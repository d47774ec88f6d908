namespace HiEndMae.Engine.Metrics;

/// <summary>Facts about metrics.</summary>
public static class ScoreMetrics
{
    /// <summary>As configs and results write it: dice, iou, hd95, assd, surface-dice.</summary>
    public static string Key(this ScoreMetric metric) => metric switch
    {
        ScoreMetric.Dice => "dice",
        ScoreMetric.Iou => "iou",
        ScoreMetric.Hd95 => "hd95",
        ScoreMetric.Assd => "assd",
        _ => "surface-dice",
    };

    /// <summary>As tables write it, with its unit.</summary>
    public static string Title(this ScoreMetric metric) => metric switch
    {
        ScoreMetric.Dice => "Dice (%)",
        ScoreMetric.Iou => "IoU (%)",
        ScoreMetric.Hd95 => "HD95 (mm)",
        ScoreMetric.Assd => "ASSD (mm)",
        _ => "surface Dice (%)",
    };

    /// <summary>Whether surfaces are compared, not volumes. Background has no surface of its own: such metrics leave it out.</summary>
    public static bool IsOfSurfaces(this ScoreMetric metric) => metric is ScoreMetric.Hd95 or ScoreMetric.Assd or ScoreMetric.SurfaceDice;

    /// <summary>Whether the metric is a length in mm, and less is better.</summary>
    public static bool IsDistance(this ScoreMetric metric) => metric is ScoreMetric.Hd95 or ScoreMetric.Assd;

    /// <summary>The metric of a key, or null.</summary>
    public static ScoreMetric? Find(string key)
    {
        foreach (ScoreMetric metric in Enum.GetValues<ScoreMetric>())
        {
            if (metric.Key() == key) return metric;
        }
        return null;
    }
}
