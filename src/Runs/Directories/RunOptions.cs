
namespace HiEndMae.Runs.Directories;

/// <summary>Options of the <c>run</c> verb.</summary>
/// <param name="Out">Folder of run directories.</param>
/// <param name="Device">Overrides the file's device; null to leave it.</param>
/// <param name="Resume">Go on with an unfinished run.</param>
/// <param name="DryRun">Only print.</param>
/// <param name="Json">JSON instead of tables and progress.</param>
/// <param name="Changes">What to do where the unfinished run is of another config.</param>
/// <param name="IsJob">Whether a sweep runs it: alone in its folder, and until the sweep ends.</param>
public sealed record RunOptions(string Out, string? Device, bool Resume, bool DryRun, bool Json, ChangedConfig Changes = ChangedConfig.Refuse, bool IsJob = false);
