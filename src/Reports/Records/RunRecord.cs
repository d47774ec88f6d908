using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Reports.Records;

/// <summary>The content of a run directory.</summary>
/// <param name="Folder">Full path of the run directory.</param>
/// <param name="Fingerprint">Fingerprint of the config; empty if it is missing.</param>
/// <param name="State">State of the run.</param>
/// <param name="Reason">Reason why there are no results; empty if there are.</param>
/// <param name="Config">The resolved config.</param>
/// <param name="Evaluations">Evaluations by start; empty without results.</param>
internal sealed record RunRecord(
    string Folder, string Fingerprint, RunState State, string Reason, ConfigTable Config, IReadOnlyDictionary<string, RunEvaluation> Evaluations)
{
    /// <summary>Name of the experiment.</summary>
    public string Experiment => Text("name") is { Length: > 0 } name ? name : Path.GetFileName(Path.GetDirectoryName(Folder)!);

    /// <summary>Last part of the path.</summary>
    public string Id => Path.GetFileName(Folder);

    /// <summary>Returns a text of the config, or null.</summary>
    public string? Text(params string[] path) => (ConfigTree.Find(Config, path) as ConfigScalar)?.Value as string;
}
