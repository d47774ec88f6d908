namespace HiEndMae.Engine.Training;

/// <summary>Identity of a run, which its checkpoints store.</summary>
/// <param name="Fingerprint">Fingerprint of everything that can change a result.</param>
/// <param name="Config">The resolved TOML.</param>
/// <param name="Earlier">Fingerprints that the run had before the user changed its config. Their checkpoints are accepted too.</param>
public sealed record RunIdentity(string Fingerprint, string Config, IReadOnlyCollection<string> Earlier)
{
    /// <summary>Versions of the code that trains, by name, such as "numerics" and "plugin.NAME". Weight files have them among their metadata.</summary>
    public IReadOnlyDictionary<string, string> Code { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the training may resume from a checkpoint with this fingerprint.</summary>
    public bool Accepts(string fingerprint) => fingerprint == Fingerprint || Earlier.Contains(fingerprint);
}
