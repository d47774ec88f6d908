
namespace HiEndMae.Runs.Directories;

/// <summary>Options of the command <c>run</c>.</summary>
/// <param name="Out">Folder of run directories.</param>
/// <param name="Device">Overrides the device of the file; null keeps it.</param>
/// <param name="Resume">Whether to continue an unfinished run.</param>
/// <param name="DryRun">Whether to print only.</param>
/// <param name="Json">Whether to print JSON instead of tables and progress.</param>
/// <param name="Changes">What to do if the unfinished run has a different config.</param>
/// <param name="AcceptPluginChanges">Whether to continue an unfinished run that was begun with other builds of its plugins or of this program's numerics.</param>
/// <param name="IsJob">Whether the run is a job of a sweep: no other process may work in its folder, and it ends when the sweep ends.</param>
public sealed record RunOptions(string Out, string? Device, bool Resume, bool DryRun, bool Json, ChangedConfig Changes = ChangedConfig.Refuse, bool AcceptPluginChanges = false, bool IsJob = false);
