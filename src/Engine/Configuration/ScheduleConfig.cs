namespace HiEndMae.Engine.Configuration;

/// <summary>Linear warm-up, then cosine to zero.</summary>
[ConfigSection]
public sealed partial record ScheduleConfig
{
    /// <summary>Steps of the linear warm-up.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupSteps { get; init; }
}
