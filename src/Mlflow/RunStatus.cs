namespace HiEndMae.Mlflow;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>It did all it was meant to do (FINISHED).</summary>
    Finished,

    /// <summary>An error ended it (FAILED).</summary>
    Failed,

    /// <summary>It was interrupted, and may be resumed (KILLED).</summary>
    Killed,
}
