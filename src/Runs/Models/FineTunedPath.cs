namespace HiEndMae.Runs.Models;

/// <summary>What a path names: a run, or within it a start, or of that a checkpoint.</summary>
/// <param name="Run">The run directory.</param>
/// <param name="Start">Name of the start, where the path lies in its folder.</param>
/// <param name="Checkpoint">The checkpoint, where the path is one or lies in one.</param>
internal sealed record FineTunedPath(string Run, string? Start, string? Checkpoint)
{
    private const string Prefix = "finetune-";

    /// <summary>Looks for the run at the path and above it.</summary>
    /// <exception cref="PluginException">There is none.</exception>
    public static FineTunedPath Find(string path)
    {
        string full = Path.GetFullPath(path);
        // A model out of MLflow holds the run in a folder of its own.
        if (Directory.Exists(full)) full = LoggedModelFolder.RunIn(full);
        if (!Path.Exists(full)) throw new PluginException($"There is no run or checkpoint '{path}'.");
        string? start = null, checkpoint = null;
        for (string? folder = full; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            // A checkpoint holds its experiment too; only a run has a fingerprint beside it.
            if (File.Exists(Path.Combine(folder, "experiment.toml")) && (File.Exists(Path.Combine(folder, "fingerprint.txt")) || LoggedModelFolder.Holds(folder))) return new FineTunedPath(folder, start, checkpoint);
            string name = Path.GetFileName(folder);
            if (name.StartsWith(Prefix, StringComparison.Ordinal)) start = name[Prefix.Length..];
            else if (Path.GetFileName(Path.GetDirectoryName(folder)) == "checkpoints") checkpoint = folder;
        }
        throw new PluginException($"'{path}' is no run, and lies in none: there is no experiment.toml in it or above it. Name runs/EXPERIMENT/RUN-ID, or a checkpoint in its finetune-START/checkpoints.");
    }
}
