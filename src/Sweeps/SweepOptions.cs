
namespace HiEndMae.Sweeps;

/// <summary>Options of the <c>sweep</c> verb.</summary>
/// <param name="File">The experiment file.</param>
/// <param name="Out">Folder of run directories; stages lie in <c>stages</c> below it.</param>
/// <param name="Jobs">Stages at a time, at least 1.</param>
/// <param name="Devices">Devices that jobs take in turn; empty to leave what the file says.</param>
/// <param name="RetryFailed">Run stages again that failed.</param>
/// <param name="DryRun">Only print the stages and their cost.</param>
/// <param name="Json">JSON instead of tables and progress.</param>
internal sealed record SweepOptions(string File, string Out, int Jobs, IReadOnlyList<string> Devices, bool RetryFailed, bool DryRun, bool Json);
