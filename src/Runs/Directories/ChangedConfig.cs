namespace HiEndMae.Runs.Directories;

/// <summary>What <c>--resume</c> does if the unfinished run has a different config.</summary>
public enum ChangedConfig
{
    /// <summary>Lists the changes and stops.</summary>
    Refuse,

    /// <summary>Continues with the new config.</summary>
    Accept,

    /// <summary>Starts a new run, because other combinations of a sweep leave such runs behind.</summary>
    StartNew,
}
