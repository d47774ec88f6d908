namespace HiEndMae.ExperimentFiles;

/// <summary>Short names of the starts of a fine-tuning.</summary>
public static class StartName
{
    /// <summary>Name of a start from random weights.</summary>
    public const string Scratch = "scratch";

    /// <summary>Name of a start from the experiment's own pre-training.</summary>
    public const string Pretrain = "pretrain";

    /// <summary>Returns scratch, pretrain, the file name of the checkpoint, or name and version of a model in MLflow.</summary>
    /// <param name="start">An item of <c>finetune.init</c>.</param>
    public static string Of(string start)
    {
        if (start is Scratch or Pretrain) return start;
        if (start.StartsWith("models:/", System.StringComparison.Ordinal)) return start.Substring("models:/".Length).Trim('/').Replace('/', '-').Replace('@', '-');
        if (start.StartsWith("runs:/", System.StringComparison.Ordinal)) return OfRun(start.Substring("runs:/".Length).Trim('/').Split('/'));
        string path = start.TrimEnd('/', '\\');
        // A path such as RUN/pretrain/checkpoints is named after its stage.
        return Path.GetFileName(path) == "checkpoints" && Path.GetDirectoryName(path) is { Length: > 0 } stage ? Path.GetFileName(stage) : Path.GetFileNameWithoutExtension(path);
    }

    // The last folder and the beginning of the run's id, such as model-1a2b3c4d.
    private static string OfRun(string[] parts) => $"{parts[parts.Length - 1]}-{parts[0].Substring(0, System.Math.Min(8, parts[0].Length))}";
}
