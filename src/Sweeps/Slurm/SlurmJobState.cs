namespace HiEndMae.Sweeps.Slurm;

/// <summary>What SLURM knows of a job.</summary>
internal enum SlurmJobState
{
    /// <summary>Nothing: it ended some time ago, or the cluster has lost it.</summary>
    Unknown,

    /// <summary>It waits, also after a requeue.</summary>
    Queued,

    /// <summary>It runs or is about to end.</summary>
    Running,

    /// <summary>A person cancelled it.</summary>
    Cancelled,

    /// <summary>What it waited for did not end well, so SLURM cancelled it.</summary>
    Orphaned,

    /// <summary>It ended in any other way.</summary>
    Ended,
}
