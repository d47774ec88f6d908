namespace HiEndMae.Configuration.Shared;

/// <summary>What the program's exit code says.</summary>
public static class ExitCodes
{
    /// <summary>Everything asked for was done.</summary>
    public const int Done = 0;

    /// <summary>Something failed that is neither usage nor data.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the config is wrong.</summary>
    public const int BadUsage = 2;

    /// <summary>A volume, a dataset or a checkpoint is wrong.</summary>
    public const int BadData = 3;

    /// <summary>Interrupted, after a checkpoint was written.</summary>
    public const int Interrupted = 130;
}
