namespace HiEndMae.Sweeps.Slurm;

/// <summary>A job in SLURM's queue.</summary>
/// <param name="Id">Id, such as 17 or 17_3.</param>
/// <param name="State">State of the job.</param>
/// <param name="Text">SLURM's name of the state, such as NODE_FAIL; empty if SLURM no longer has the job.</param>
/// <param name="Reason">SLURM's name of the reason why it waits or ended.</param>
/// <param name="Node">Node on which it runs; empty if it does not run.</param>
/// <param name="Comment">The comment that its submission gave it.</param>
internal sealed record SlurmJob(string Id, SlurmJobState State, string Text, string Reason, string Node, string Comment)
{
    /// <summary>Whether it waits or runs.</summary>
    public bool IsUnderWay => State is SlurmJobState.Queued or SlurmJobState.Running;

    /// <summary>Reads SLURM's names of state and reason.</summary>
    /// <param name="text">The state, such as PENDING.</param>
    /// <param name="reason">The reason, such as Dependency.</param>
    public static SlurmJobState StateOf(string text, string reason) => text.Split(' ')[0] switch
    {
        "PENDING" or "REQUEUED" or "REQUEUE_FED" or "REQUEUE_HOLD" or "SPECIAL_EXIT" or "RESV_DEL_HOLD" => SlurmJobState.Queued,
        "RUNNING" or "COMPLETING" or "CONFIGURING" or "SUSPENDED" or "STOPPED" or "SIGNALING" or "STAGE_OUT" or "RESIZING" => SlurmJobState.Running,
        "CANCELLED" => reason.StartsWith("Dependency", StringComparison.Ordinal) ? SlurmJobState.Orphaned : SlurmJobState.Cancelled,
        "" => SlurmJobState.Unknown,
        _ => SlurmJobState.Ended,
    };
}
