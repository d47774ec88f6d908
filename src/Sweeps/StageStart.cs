using HiEndMae.Configuration.Shared;
using System.Text.Json.Nodes;

namespace HiEndMae.Sweeps;

/// <summary>Completes a stage's experiment when its job starts, with the weights that did not exist when the job was submitted.</summary>
internal static class StageStart
{
    /// <summary>The key of <c>stage.json</c> with the folder of the preceding stage.</summary>
    public const string FolderKey = "starts_from_folder";

    /// <summary>The key of <c>stage.json</c> with the experiment's threads; 0 for one per core.</summary>
    public const string ThreadsKey = "threads";

    /// <summary>Number of starts at one step, without a later checkpoint, after which a stage counts as failed.</summary>
    public const int MaxStarts = 3;

    /// <summary>Returns overrides of the stage's experiment in the form of <c>--set</c>.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <exception cref="UserException">The folder is not that of a stage, or the preceding stage has not finished.</exception>
    public static IReadOnlyList<string> Overrides(string folder)
    {
        JsonNode stage = StageStore.Read(Path.Combine(folder, "stage.json"))
            ?? throw new UserException($"'{folder}' is not a stage of a sweep, because it has no stage.json. 'hiendmae sweep FILE' creates stages.");
        if ((string?)stage[FolderKey] is not { } name) return [];
        string before = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder)))!, name);
        string run = StageStore.FinishedRun(before)
            ?? throw new UserException($"The stage starts from '{before}', which has no results yet. Run 'hiendmae sweep' again; it submits this stage after that one.");
        return [$"finetune.init=[{JsonValue.Create(StageStore.StartIn(run)).ToJsonString()}]"];
    }

    /// <summary>Returns whether the stage's experiment sets the number of threads.</summary>
    /// <param name="folder">The stage's folder.</param>
    public static bool NamesThreads(string folder) => (int?)StageStore.Read(Path.Combine(folder, "stage.json"))?[ThreadsKey] > 0;

    /// <summary>Records a start. Refuses it if earlier starts made no progress.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="IOException">Earlier starts ended without an exit code or a later checkpoint, <see cref="MaxStarts"/> times.</exception>
    public static void Begin(string folder, DateTimeOffset now)
    {
        int step = NewestStep(folder);
        StageJournal journal = StageJournal.Of(folder);
        int vain = journal.StartsInVain(step);
        if (vain >= MaxStarts)
        {
            throw new IOException(FormattableString.Invariant(
                $"The stage was started {vain} times at step {step} and ended each time before its next checkpoint. Read '{Path.Combine(folder, "job.log")}' and SLURM's output, give the job more memory or save more often, and run the sweep with --retry-failed."));
        }
        journal.NoteStart(step, now);
    }

    /// <summary>Returns the step of the newest checkpoint in a stage's folder; 0 if there is none.</summary>
    public static int NewestStep(string folder) => StageStore.NewestRun(folder) is not { } run ? 0
        : Directory.GetDirectories(run, "step-*", SearchOption.AllDirectories)
            .Select(path => int.TryParse(Path.GetFileName(path).AsSpan("step-".Length), out int step) ? step : 0).DefaultIfEmpty().Max();
}
