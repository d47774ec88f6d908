namespace HiEndMae.Runs.Directories;

/// <summary>What <c>--resume</c> does where the unfinished run was made by another config.</summary>
public enum ChangedConfig
{
    /// <summary>Says what was changed, and ends.</summary>
    Refuse,

    /// <summary>Goes on with the new config.</summary>
    Accept,

    /// <summary>Starts a new run: other combinations of a sweep leave such runs behind.</summary>
    StartNew,
}
