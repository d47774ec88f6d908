namespace HiEndMae.Mlflow;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>It was completed (FINISHED).</summary>
    Finished,

    /// <summary>An error ended it (FAILED).</summary>
    Failed,

    /// <summary>It was interrupted and can be resumed (KILLED).</summary>
    Killed,
}
