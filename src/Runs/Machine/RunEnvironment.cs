namespace HiEndMae.Runs.Machine;

/// <summary>What a run sees of the machine. Tests pass their own.</summary>
/// <param name="PluginsDirectory">Folder with one folder per plugin assembly.</param>
/// <param name="GetVariable">Reads an environment variable; null where it is not set.</param>
/// <param name="Clock">The time.</param>
public sealed record RunEnvironment(string PluginsDirectory, Func<string, string?> GetVariable, TimeProvider Clock);
