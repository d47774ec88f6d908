namespace HiEndMae.Mlflow;

/// <summary>Whether a store has a run.</summary>
public enum RunPresence
{
    /// <summary>The store does not have the run.</summary>
    Missing,

    /// <summary>The store has the run.</summary>
    Active,

    /// <summary>The run was deleted and can be restored.</summary>
    Deleted,
}
