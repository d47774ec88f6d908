using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Runs.Models;

/// <summary>Finds the checkpoints behind the path that a fine-tuning starts from.</summary>
internal static class StartPath
{
    /// <summary>
    /// Returns the folder <c>checkpoints</c> of a stage's folder, or of a run: that of its pre-training, otherwise that of its only fine-tuning. Any other path is returned as it is.
    /// </summary>
    /// <param name="path">A run directory, a stage's folder in it, a folder of checkpoints, a checkpoint, or a file of weights.</param>
    /// <exception cref="UserException">The path does not exist, or a run has no pre-training and not exactly one fine-tuning.</exception>
    public static string Resolve(string path)
    {
        if (!Path.Exists(path)) throw new UserException($"finetune.init: '{path}' does not exist; allowed: scratch, pretrain, a run directory, a checkpoint, a file of weights, or an address in MLflow.");
        if (!Directory.Exists(path)) return path;
        string own = Path.Combine(path, Stage.CheckpointFolderName);
        if (Directory.Exists(own)) return own;
        if (!File.Exists(Path.Combine(path, "fingerprint.txt"))) return path;
        string pretraining = Path.Combine(path, Stage.Pretrain.CheckpointFolder);
        if (Directory.Exists(pretraining)) return pretraining;
        string[] finetunings = Finetunings(path);
        return finetunings.Length switch
        {
            1 => finetunings[0],
            0 => throw new UserException($"finetune.init: the run '{path}' has no checkpoint yet; wait for its first one, or name another run."),
            _ => throw new UserException($"finetune.init: the run '{path}' has several fine-tunings; name one of them: {string.Join(", ", finetunings.Select(folder => $"'{folder}'"))}."),
        };
    }

    /// <summary>Returns the folders of checkpoints of a run's fine-tunings, in the order of their names.</summary>
    /// <param name="run">The run directory.</param>
    public static string[] Finetunings(string run) =>
        [.. Directory.GetDirectories(run, Stage.Finetune("*").Name).Select(folder => Path.Combine(folder, Stage.CheckpointFolderName)).Where(Directory.Exists).Order(StringComparer.Ordinal)];
}
