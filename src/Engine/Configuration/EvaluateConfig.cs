namespace HiEndMae.Engine.Configuration;

/// <summary>Sliding-window evaluation on the test split.</summary>
[ConfigSection]
public sealed partial record EvaluateConfig
{
    /// <summary>Part of a window that its neighbour covers again, per axis.</summary>
    [Range(0, 0.99)]
    public double Overlap { get; init; } = 0.5;

    /// <summary>Whether the mean Dice counts background.</summary>
    public bool IncludeBackground { get; init; } = true;

    /// <summary>Windows per forward pass.</summary>
    [Range(1, 4096), IgnoredByFingerprint]
    public int WindowBatch { get; init; } = 4;
}
