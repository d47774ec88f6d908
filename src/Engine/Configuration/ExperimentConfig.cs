using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>An experiment: the pre-training, fine-tuning and evaluation of one encoder.</summary>
[ConfigSection(IsExperiment = true)]
public sealed partial record ExperimentConfig
{
    /// <summary>Name of the experiment. Its folder of runs and its MLflow experiment have the same name.</summary>
    [NotEmpty, IgnoredByFingerprint]
    public required string Name { get; init; }

    /// <summary>Purpose of the experiment.</summary>
    [IgnoredByFingerprint]
    public string Description { get; init; } = "";

    /// <summary>Seed of everything random: weights, crops, augmentations, masks.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>auto, cpu, cuda or cuda:N.</summary>
    [IgnoredByFingerprint]
    public string Device { get; init; } = "auto";

    /// <summary>Precision of linear layers, convolutions and attention during training: float32, bfloat16, float16, or auto for the one that is fastest on this machine. Weights, norms, losses and updates are always float32.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Threads of libtorch on CPU; 0 for one per core, or one per core listed in 'cores'.</summary>
    [Range(0, 1024), IgnoredByFingerprint]
    public int Threads { get; init; }

    /// <summary>Cores that the training and libtorch's threads may use, counted from 0; empty for all. Linux and Windows only.</summary>
    [Range(0, 4095), IgnoredByFingerprint]
    public IReadOnlyList<int> Cores { get; init; } = [];

    /// <summary>Whether a run that is repeated on the same device with the same threads must give bit-identical results. This is slower on GPU.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Wall time, such as "8h", after which the run writes a checkpoint and ends as if interrupted (exit code 130). Left out, the run has no limit.</summary>
    [IgnoredByFingerprint]
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The feature extractor.</summary>
    [Plugin(Slot.Encoder)]
    public required IComponentConfig Encoder { get; init; }

    /// <summary>Pre-training. Left out, nothing is pre-trained.</summary>
    public PretrainConfig? Pretrain { get; init; }

    /// <summary>Fine-tuning. Left out, nothing is fine-tuned.</summary>
    public FinetuneConfig? Finetune { get; init; }

    /// <summary>Evaluation of every fine-tuned model; left out, it has its defaults.</summary>
    public EvaluateConfig? Evaluate { get; init; }

    /// <summary>Arithmetic of GPUs.</summary>
    public CudaConfig Cuda { get; init; } = new();

    /// <summary>Where runs are tracked.</summary>
    [IgnoredByFingerprint]
    public TrackingConfig Tracking { get; init; } = new();

    /// <summary>Where prepared cases are kept.</summary>
    [IgnoredByFingerprint]
    public CacheConfig Cache { get; init; } = new();

    /// <summary>Threads and error handling of preparation and loading.</summary>
    [IgnoredByFingerprint]
    public LoaderConfig Loader { get; init; } = new();

    /// <summary>Options of the jobs of <c>sweep --launcher slurm</c>.</summary>
    [IgnoredByFingerprint]
    public SlurmConfig? Slurm { get; init; }

    /// <summary>Place of the results in a table of the paper.</summary>
    [IgnoredByFingerprint]
    public ReportConfig? Report { get; init; }

    /// <summary>This config, with every default that depends on the stage filled in.</summary>
    public ExperimentConfig Completed() => this with
    {
        Pretrain = Pretrain is null ? null : Pretrain with { Data = Pretrain.Data.ForPretraining() },
        Finetune = Finetune is null ? null : Finetune with { Data = Finetune.Data.ForFinetuning() },
        Evaluate = Evaluate ?? (Finetune is null ? null : new EvaluateConfig()),
    };
}
