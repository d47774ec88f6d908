namespace HiEndMae.ExperimentFiles;

/// <summary>Short names of the starts of a fine-tuning.</summary>
public static class StartName
{
    /// <summary>scratch, pretrain, or the name of the checkpoint's file.</summary>
    /// <param name="start">An item of <c>finetune.init</c>.</param>
    public static string Of(string start)
    {
        if (start is "scratch" or "pretrain") return start;
        string path = start.TrimEnd('/', '\\');
        // RUN/pretrain/checkpoints is called after its stage.
        return Path.GetFileName(path) == "checkpoints" && Path.GetDirectoryName(path) is { Length: > 0 } stage ? Path.GetFileName(stage) : Path.GetFileNameWithoutExtension(path);
    }
}
