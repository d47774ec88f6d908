namespace HiEndMae.Engine.Training;

/// <summary>What a checkpoint belongs to.</summary>
/// <param name="Fingerprint">Of everything that can change a result.</param>
/// <param name="Config">The resolved TOML.</param>
/// <param name="Earlier">Fingerprints whose checkpoints are taken too: those the run had before its config was changed, where the user said so.</param>
public sealed record RunIdentity(string Fingerprint, string Config, IReadOnlyCollection<string> Earlier)
{
    /// <summary>Whether a checkpoint of this fingerprint may be gone on from.</summary>
    public bool Accepts(string fingerprint) => fingerprint == Fingerprint || Earlier.Contains(fingerprint);
}
