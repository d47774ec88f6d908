namespace HiEndMae.Reports.Records;

/// <summary>State of a run.</summary>
internal enum RunState
{
    /// <summary>The run has results.</summary>
    Finished,

    /// <summary>The run wrote to its log a short while ago.</summary>
    Running,

    /// <summary>The run was interrupted or killed.</summary>
    Interrupted,

    /// <summary>The run ended with an error.</summary>
    Failed,
}
