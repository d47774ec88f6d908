namespace HiEndMae.Sweeps.Slurm;

/// <summary>State of a job in SLURM.</summary>
internal enum SlurmJobState
{
    /// <summary>SLURM does not have the job: it ended some time ago, or was lost.</summary>
    Unknown,

    /// <summary>It waits, also after a requeue.</summary>
    Queued,

    /// <summary>It runs or is about to end.</summary>
    Running,

    /// <summary>A user cancelled it.</summary>
    Cancelled,

    /// <summary>SLURM cancelled it, because the job that it waited for failed.</summary>
    Orphaned,

    /// <summary>It ended in any other way.</summary>
    Ended,
}
