namespace HiEndMae.Mlflow;

/// <summary>Whether a store has a run.</summary>
public enum RunPresence
{
    /// <summary>The store knows nothing of it.</summary>
    Missing,

    /// <summary>It is there.</summary>
    Active,

    /// <summary>It was deleted, and can be restored.</summary>
    Deleted,
}
