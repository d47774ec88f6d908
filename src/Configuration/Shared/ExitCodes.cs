namespace HiEndMae.Configuration.Shared;

/// <summary>Exit codes of the program.</summary>
public static class ExitCodes
{
    /// <summary>The command did everything that was asked for.</summary>
    public const int Done = 0;

    /// <summary>The command failed for a reason other than wrong usage or data.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the config is wrong.</summary>
    public const int BadUsage = 2;

    /// <summary>A scan, a dataset or a checkpoint is wrong.</summary>
    public const int BadData = 3;

    /// <summary>The command was interrupted and wrote a checkpoint first.</summary>
    public const int Interrupted = 130;
}
