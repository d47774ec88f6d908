using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>An experiment: one encoder, pre-trained, fine-tuned and evaluated.</summary>
[ConfigSection(IsExperiment = true)]
public sealed partial record ExperimentConfig
{
    /// <summary>Name of the experiment; the folder of its runs and its name in MLflow.</summary>
    [NotEmpty, IgnoredByFingerprint]
    public required string Name { get; init; }

    /// <summary>What the experiment is for.</summary>
    [IgnoredByFingerprint]
    public string Description { get; init; } = "";

    /// <summary>Seed of everything random: weights, crops, augmentations, masks.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>auto, cpu, cuda or cuda:N.</summary>
    [IgnoredByFingerprint]
    public string Device { get; init; } = "auto";

    /// <summary>Numbers that linear maps, convolutions and attention are computed in while training: float32, bfloat16 or float16. Weights, norms, losses and updates are float32 always.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Threads of libtorch on CPU; 0 for one per core, or per core named in 'cores'.</summary>
    [Range(0, 1024), IgnoredByFingerprint]
    public int Threads { get; init; }

    /// <summary>Cores that the training and libtorch's threads stay on, counted from 0; empty for any. Linux and Windows.</summary>
    [Range(0, 4095), IgnoredByFingerprint]
    public IReadOnlyList<int> Cores { get; init; } = [];

    /// <summary>Whether libtorch must give bit-identical results when a run is repeated on the same device with the same threads; slower on GPU.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Wall time after which the run writes a checkpoint and ends as if interrupted (exit code 130), such as "8h"; left out, it goes on to the end.</summary>
    [IgnoredByFingerprint]
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The feature extractor.</summary>
    [Plugin(Slot.Encoder)]
    public required IComponentConfig Encoder { get; init; }

    /// <summary>Pre-training; left out, nothing is pre-trained.</summary>
    public PretrainConfig? Pretrain { get; init; }

    /// <summary>Fine-tuning; left out, nothing is fine-tuned.</summary>
    public FinetuneConfig? Finetune { get; init; }

    /// <summary>Evaluation of every fine-tuned model.</summary>
    public EvaluateConfig? Evaluate { get; init; }

    /// <summary>How GPUs compute.</summary>
    public CudaConfig Cuda { get; init; } = new();

    /// <summary>Where runs are tracked.</summary>
    [IgnoredByFingerprint]
    public TrackingConfig Tracking { get; init; } = new();

    /// <summary>Where prepared cases are kept.</summary>
    [IgnoredByFingerprint]
    public CacheConfig Cache { get; init; } = new();

    /// <summary>How cases are prepared and batches cut.</summary>
    [IgnoredByFingerprint]
    public LoaderConfig Loader { get; init; } = new();

    /// <summary>Where the results stand in a table of the paper.</summary>
    [IgnoredByFingerprint]
    public ReportConfig? Report { get; init; }

    /// <summary>With every value that depends on the stage said.</summary>
    public ExperimentConfig Completed() => this with
    {
        Pretrain = Pretrain is null ? null : Pretrain with { Data = Pretrain.Data.ForPretraining() },
        Finetune = Finetune is null ? null : Finetune with { Data = Finetune.Data.ForFinetuning() },
    };
}
