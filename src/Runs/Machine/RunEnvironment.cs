using HiEndMae.Engine.Collectives;

namespace HiEndMae.Runs.Machine;

/// <summary>The parts of the machine that a run uses. Tests pass their own.</summary>
/// <param name="PluginsDirectory">Folder with one folder per plugin assembly.</param>
/// <param name="GetVariable">Returns an environment variable, or null.</param>
/// <param name="Clock">The clock.</param>
public sealed record RunEnvironment(string PluginsDirectory, Func<string, string?> GetVariable, TimeProvider Clock)
{
    /// <summary>The processes that run the experiment together.</summary>
    public IProcessGroup Group { get; init; } = SingleProcess.Instance;

    /// <summary>Processes of the group on this machine, which share its cores.</summary>
    public int LocalProcesses { get; init; } = 1;
}
