namespace HiEndMae.Sweeps.Slurm;

/// <summary>A job, as the queue shows it.</summary>
/// <param name="Id">Such as 17 or 17_3.</param>
/// <param name="State">What that means for a stage.</param>
/// <param name="Text">SLURM's own word for the state, such as NODE_FAIL; empty where it knows nothing.</param>
/// <param name="Reason">Why it waits or ended, in SLURM's word.</param>
/// <param name="Node">Where it runs; empty where it does not.</param>
/// <param name="Comment">What its submission called it.</param>
internal sealed record SlurmJob(string Id, SlurmJobState State, string Text, string Reason, string Node, string Comment)
{
    /// <summary>Whether it waits or runs.</summary>
    public bool IsUnderWay => State is SlurmJobState.Queued or SlurmJobState.Running;

    /// <summary>Reads SLURM's words.</summary>
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
