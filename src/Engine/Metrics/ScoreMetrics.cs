namespace HiEndMae.Engine.Metrics;

/// <summary>Names and properties of metrics.</summary>
public static class ScoreMetrics
{
    /// <summary>Returns the name in configs and results: dice, iou, hd95, assd, surface-dice.</summary>
    public static string Key(this ScoreMetric metric) => metric switch
    {
        ScoreMetric.Dice => "dice",
        ScoreMetric.Iou => "iou",
        ScoreMetric.Hd95 => "hd95",
        ScoreMetric.Assd => "assd",
        _ => "surface-dice",
    };

    /// <summary>Returns the title in tables, with the unit.</summary>
    public static string Title(this ScoreMetric metric) => metric switch
    {
        ScoreMetric.Dice => "Dice (%)",
        ScoreMetric.Iou => "IoU (%)",
        ScoreMetric.Hd95 => "HD95 (mm)",
        ScoreMetric.Assd => "ASSD (mm)",
        _ => "surface Dice (%)",
    };

    /// <summary>Whether the metric compares surfaces instead of volumes. Such metrics exclude background, which has no surface of its own.</summary>
    public static bool IsOfSurfaces(this ScoreMetric metric) => metric is ScoreMetric.Hd95 or ScoreMetric.Assd or ScoreMetric.SurfaceDice;

    /// <summary>Whether the metric is a distance in mm, for which less is better.</summary>
    public static bool IsDistance(this ScoreMetric metric) => metric is ScoreMetric.Hd95 or ScoreMetric.Assd;

    /// <summary>Returns the metric with a name, or null.</summary>
    public static ScoreMetric? Find(string key)
    {
        foreach (ScoreMetric metric in Enum.GetValues<ScoreMetric>())
        {
            if (metric.Key() == key) return metric;
        }
        return null;
    }
}
