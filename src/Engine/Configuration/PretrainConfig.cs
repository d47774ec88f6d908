using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Pre-training without labels.</summary>
[ConfigSection]
public sealed partial record PretrainConfig : TrainingConfig
{
    /// <summary>Fraction of patch tokens hidden from the encoder.</summary>
    [Range(0, 0.999)]
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>The pretext task.</summary>
    [Plugin(Slot.Decoder)]
    public required IComponentConfig Decoder { get; init; }

    /// <summary>The loss on held-out cases while the pre-training runs. Left out, no case is held out.</summary>
    public PretrainValidationConfig? Validation { get; init; }

    /// <summary>Optimiser.</summary>
    public override OptimizerConfig Optimizer { get; init; } = new() { Beta2 = 0.95, WeightDecay = 0.05 };
}
