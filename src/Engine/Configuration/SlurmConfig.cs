using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Options of the jobs of <c>sweep --launcher slurm</c>. They do not change results.</summary>
[ConfigSection]
public sealed partial record SlurmConfig
{
    /// <summary>Partition of the jobs; empty for the cluster's default.</summary>
    public string Partition { get; init; } = "";

    /// <summary>Account that the jobs are charged to; empty for the user's default.</summary>
    public string Account { get; init; } = "";

    /// <summary>Quality of service; empty for the default.</summary>
    public string Qos { get; init; } = "";

    /// <summary>Generic resources, such as "gpu:1"; empty for none.</summary>
    public string Gres { get; init; } = "";

    /// <summary>Cores of a job; 0 for the cluster's default. A job whose experiment leaves 'threads' at 0 computes with as many threads.</summary>
    [Range(0, 4096)]
    public int Cpus { get; init; }

    /// <summary>Memory of a job, such as "32G"; empty for the cluster's default.</summary>
    public string Memory { get; init; } = "";

    /// <summary>Time limit of a job, such as "8h"; left out, the partition's. Near the limit a job writes a checkpoint and goes back into the queue.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Seconds before the time limit at which a job writes its checkpoint; SLURM may be half a minute late.</summary>
    [Range(1, 86400)]
    public int SignalSeconds { get; init; } = 300;

    /// <summary>More options for sbatch, such as "--constraint=a100".</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>Lines of shell that a job runs before the program, such as "module load cuda/12.8".</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];

    /// <summary>Options that differ for pre-trainings.</summary>
    public SlurmStageConfig? Pretrain { get; init; }

    /// <summary>Options that differ for fine-tunings.</summary>
    public SlurmStageConfig? Finetune { get; init; }

    partial void Check(KeyReport report)
    {
        if (Time <= TimeSpan.FromSeconds(SignalSeconds)) report.Error(nameof(Time), "must be longer than signal_seconds");
    }
}
