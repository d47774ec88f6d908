namespace HiEndMae.Reports.Records;

/// <summary>How far a run came.</summary>
internal enum RunState
{
    /// <summary>It has results.</summary>
    Finished,

    /// <summary>It was written to a short while ago.</summary>
    Running,

    /// <summary>It was asked to stop, or was killed.</summary>
    Interrupted,

    /// <summary>It ended with an error.</summary>
    Failed,
}
