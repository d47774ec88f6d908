using HiEndMae.Sweeps;

namespace HiEndMae.Runs.Tests;

/// <summary>Writes stage folders as a run of the stage would leave them.</summary>
internal static class StageFolders
{
    /// <summary>The run directory of an unfinished stage.</summary>
    public static string Begin(StageStore store, SweepStage stage)
    {
        string run = Directory.CreateDirectory(Path.Combine(store.FolderOf(stage), "tiny", "20260102-030405-" + stage.Key[..8])).FullName;
        File.WriteAllText(Path.Combine(run, "fingerprint.txt"), stage.Key + "\n");
        return run;
    }

    /// <summary>The run directory of a finished stage with the given results.</summary>
    public static string Finish(StageStore store, SweepStage stage, string results = "{}")
    {
        string run = Begin(store, stage);
        File.WriteAllText(Path.Combine(run, "results.json"), results);
        return run;
    }
}
