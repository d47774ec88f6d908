using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Reports.Records;

/// <summary>What a run directory says.</summary>
/// <param name="Folder">Its full path.</param>
/// <param name="Fingerprint">Of its config; empty where it is not written.</param>
/// <param name="State">How far it came.</param>
/// <param name="Reason">Why it has no results; empty where it has.</param>
/// <param name="Config">Its experiment.toml.</param>
/// <param name="Evaluations">By start; empty without results.</param>
internal sealed record RunRecord(
    string Folder, string Fingerprint, RunState State, string Reason, ConfigTable Config, IReadOnlyDictionary<string, RunEvaluation> Evaluations)
{
    /// <summary>Name of the experiment.</summary>
    public string Experiment => Text("name") is { Length: > 0 } name ? name : Path.GetFileName(Path.GetDirectoryName(Folder)!);

    /// <summary>Last part of the path.</summary>
    public string Id => Path.GetFileName(Folder);

    /// <summary>A text of the config; null where it says none.</summary>
    public string? Text(params string[] path) => (ConfigTree.Find(Config, path) as ConfigScalar)?.Value as string;
}
