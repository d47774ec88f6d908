using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Learning rate by step: a linear warm-up, then a decay.</summary>
[ConfigSection]
public sealed partial record ScheduleConfig
{
    /// <summary>Shape of the decay: cosine, cosine-by-epoch (the official fine-tuning schedule), polynomial, staircase or constant.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Cosine;

    /// <summary>Steps of the linear warm-up.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupSteps { get; init; }

    /// <summary>Epochs of the linear warm-up, instead of warmup_steps, if the training has epochs.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupEpochs { get; init; }

    /// <summary>Learning rate of the first step, from which the warm-up rises evenly to the peak; left out, the first step has the peak divided by the steps of the warm-up.</summary>
    [Range(0, 10)]
    public double? WarmupStartLr { get; init; }

    /// <summary>Whether the last step of the warm-up has the peak; otherwise the step after it has (kinds cosine, polynomial and constant, with warmup_start_lr). The schedule of DINO and UniMiSS does so.</summary>
    public bool WarmupReachesPeak { get; init; }

    /// <summary>Whether the last step has end_lr; otherwise the step after it would have (kinds cosine and polynomial). SparK's schedule ends so.</summary>
    public bool EndsAtLastStep { get; init; }

    /// <summary>Learning rate at the end.</summary>
    [Range(0, 10)]
    public double EndLr { get; init; }

    /// <summary>Interval of staircase: in epochs where the training has epochs, otherwise in steps.</summary>
    [Range(1, int.MaxValue)]
    public int StairEvery { get; init; } = 40;

    /// <summary>Factor of the learning rate at each step of a staircase.</summary>
    [Range(0, 1)]
    public double StairFactor { get; init; } = 0.5;

    /// <summary>Exponent of polynomial.</summary>
    [Range(0.01, 100)]
    public double Power { get; init; } = 0.9;

    // Resolved files give every key, so a key at its default does not count as chosen.
    partial void Check(KeyReport report)
    {
        if (WarmupReachesPeak && WarmupStartLr is null) report.Warning(nameof(WarmupReachesPeak), "has an effect only with warmup_start_lr");
        if (Kind == ScheduleKind.Staircase) return;
        const string OfStaircase = "has an effect only with kind = \"staircase\"";
        if (StairEvery != 40) report.Warning(nameof(StairEvery), OfStaircase);
        if (StairFactor != 0.5) report.Warning(nameof(StairFactor), OfStaircase);
    }
}
