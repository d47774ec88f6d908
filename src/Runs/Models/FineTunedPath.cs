using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Runs.Models;

/// <summary>A path resolved to a run, a fine-tuning, or a checkpoint.</summary>
/// <param name="Run">The run directory.</param>
/// <param name="Start">Name of the fine-tuning's start; null if the path lies in no fine-tuning.</param>
/// <param name="Checkpoint">The checkpoint; null if the path lies in none.</param>
internal sealed record FineTunedPath(string Run, string? Start, string? Checkpoint)
{

    /// <summary>Looks for the run at the path and in the folders above it.</summary>
    /// <exception cref="UserException">There is no run.</exception>
    public static FineTunedPath Find(string path)
    {
        string full = Path.GetFullPath(path);
        // A model in MLflow contains the run in a subfolder.
        if (Directory.Exists(full)) full = LoggedModelFolder.RunIn(full);
        if (!Path.Exists(full)) throw new UserException($"The run or checkpoint '{path}' does not exist.");
        string? start = null, checkpoint = null;
        for (string? folder = full; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            // A checkpoint contains its experiment as well, but only a run has a fingerprint.
            if (File.Exists(Path.Combine(folder, "experiment.toml")) && (File.Exists(Path.Combine(folder, "fingerprint.txt")) || LoggedModelFolder.Holds(folder))) return new FineTunedPath(folder, start, checkpoint);
            string name = Path.GetFileName(folder);
            if (Stage.Parse(name) is { Kind: StageKind.Finetune } stage) start = stage.Start;
            else if (Path.GetFileName(Path.GetDirectoryName(folder)) == Stage.CheckpointFolderName) checkpoint = folder;
        }
        throw new UserException($"'{path}' does not belong to a run: there is no experiment.toml in it or above it. Name runs/EXPERIMENT/RUN-ID, or a checkpoint in its finetune-START/checkpoints.");
    }
}
