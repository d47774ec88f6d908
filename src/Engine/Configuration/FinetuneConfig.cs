using HiEndMae.Configuration;
using HiEndMae.Engine.Weights.Naming;

namespace HiEndMae.Engine.Configuration;

/// <summary>Fine-tuning to segmentation, once per start.</summary>
[ConfigSection]
public sealed partial record FinetuneConfig : TrainingConfig
{
    /// <summary>
    /// Starts to compare: "scratch", "pretrain" (this experiment's own pre-training), paths of runs, checkpoints or files of weights, or models in MLflow: runs:/RUN_ID/PATH,
    /// models:/NAME/VERSION, models:/NAME@ALIAS.
    /// </summary>
    [NotEmpty, Path("scratch", "pretrain", "runs:/", "models:/")]
    public IReadOnlyList<string> Init { get; init; } = ["pretrain"];

    /// <summary>Faults of official loaders to repeat, so that rows of the paper can be understood: sup-fills-nothing (SUP's file is not loaded at all), transvw-broadcasts-output (TransVW's one output in every class). Each acts on its own method's file alone.</summary>
    public IReadOnlyList<LoaderFault> OfficialFaults { get; init; } = [];

    /// <summary>How weights for one channel are loaded if images have several channels: refuse, mean (divided by the number of channels), repeat, or first (0 for the
    /// other channels).</summary>
    public ChannelInflation Inflate { get; init; } = ChannelInflation.Refuse;

    /// <summary>The segmentation head.</summary>
    [Plugin(Slot.Head)]
    public required IComponentConfig Head { get; init; }

    /// <summary>Labelled training cases used, in the dataset's order; 0 for all, 1 for one-shot.</summary>
    [Range(0, int.MaxValue)]
    public int NumCases { get; init; }

    /// <summary>Optimiser.</summary>
    public override OptimizerConfig Optimizer { get; init; } = new() { Beta2 = 0.999, WeightDecay = 1e-5 };

    /// <summary>Dice on the validation split, which selects the best checkpoint. Left out, nothing is validated and the last checkpoint is evaluated.</summary>
    public ValidationConfig? Validation { get; init; }

    /// <summary>Factor on the encoder's learning rate.</summary>
    [Range(0, 1000)]
    public double EncoderLrScale { get; init; } = 1;

    /// <summary>Factor on the learning rate from each encoder block to the one before it, such as 0.75; 1 for one rate.</summary>
    [Range(0.01, 1)]
    public double LayerDecay { get; init; } = 1;

    /// <summary>Whether the encoder is not trained, only the head.</summary>
    public bool FreezeEncoder { get; init; }
}
