namespace HiEndMae.Engine.Configuration;

/// <summary>Learning rate by step: a linear warm-up, then a decay.</summary>
[ConfigSection]
public sealed partial record ScheduleConfig
{
    /// <summary>Shape of the decay: cosine, cosine-by-epoch (the official fine-tuning schedule), polynomial or constant.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Cosine;

    /// <summary>Steps of the linear warm-up.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupSteps { get; init; }

    /// <summary>Epochs of the linear warm-up, instead of warmup_steps, if the training has epochs.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupEpochs { get; init; }

    /// <summary>Learning rate at the end.</summary>
    [Range(0, 10)]
    public double EndLr { get; init; }

    /// <summary>Exponent of polynomial.</summary>
    [Range(0.01, 100)]
    public double Power { get; init; } = 0.9;
}
