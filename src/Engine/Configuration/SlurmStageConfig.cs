using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Options of the jobs of one kind of stage. A missing key has the value of [slurm].</summary>
[ConfigSection]
public sealed partial record SlurmStageConfig
{
    /// <summary>Partition; empty for that of [slurm].</summary>
    public string Partition { get; init; } = "";

    /// <summary>Account; empty for that of [slurm].</summary>
    public string Account { get; init; } = "";

    /// <summary>Quality of service; empty for that of [slurm].</summary>
    public string Qos { get; init; } = "";

    /// <summary>Generic resources; empty for those of [slurm].</summary>
    public string Gres { get; init; } = "";

    /// <summary>Cores of a job; 0 for those of [slurm].</summary>
    [Range(0, 4096)]
    public int Cpus { get; init; }

    /// <summary>Memory of a job; empty for that of [slurm].</summary>
    public string Memory { get; init; } = "";

    /// <summary>Time limit of a job; left out, that of [slurm].</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Further options for sbatch; they follow those of [slurm].</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];
}
