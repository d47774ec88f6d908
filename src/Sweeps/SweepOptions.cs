namespace HiEndMae.Sweeps;

/// <summary>Options of the command <c>sweep</c>.</summary>
/// <param name="File">The experiment file.</param>
/// <param name="Out">Folder of run directories; stages are in its folder <c>stages</c>.</param>
/// <param name="Jobs">Number of stages that run at the same time, at least 1.</param>
/// <param name="Devices">Devices that jobs use in turn; empty keeps the device of the file.</param>
/// <param name="RetryFailed">Whether to run failed stages again.</param>
/// <param name="AcceptPluginChanges">Whether to use finished stages of other builds of their plugins or of the program's numerics.</param>
/// <param name="DryRun">Whether to print the stages and their cost only.</param>
/// <param name="Json">Whether to print JSON instead of tables and progress.</param>
internal sealed record SweepOptions(string File, string Out, int Jobs, IReadOnlyList<string> Devices, bool RetryFailed, bool AcceptPluginChanges, bool DryRun, bool Json)
{
    /// <summary>Whether stages run as SLURM jobs.</summary>
    public bool IsSlurm { get; init; }

    /// <summary>Number of elements of a job array that run at a time; 0 for no limit.</summary>
    public int ArrayLimit { get; init; }

    /// <summary>Whether to wait until every job has ended.</summary>
    public bool Wait { get; init; }

    /// <summary>Whether to print only the state of the stages.</summary>
    public bool Status { get; init; }

    /// <summary>The description of a cluster on which to simulate the sweep; null for none.</summary>
    public string? Simulate { get; init; }
}
