using HiEndMae.Configuration.Shared;
using System.Text.Json.Nodes;

namespace HiEndMae.Sweeps;

/// <summary>What a stage's experiment needs besides its file when a job begins it: the weights that were not there when the job was submitted.</summary>
internal static class StageStart
{
    /// <summary>The key of <c>stage.json</c> that names the folder of the stage before.</summary>
    public const string FolderKey = "starts_from_folder";

    /// <summary>The key of <c>stage.json</c> with the experiment's threads; 0 for one per core.</summary>
    public const string ThreadsKey = "threads";

    /// <summary>Starts at one step, without a later checkpoint, after which a stage counts as failed.</summary>
    public const int MaxStarts = 3;

    /// <summary>Overrides of the stage's experiment, as <c>--set</c> takes them.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <exception cref="UserException">The folder is no stage's, or the stage before has not finished.</exception>
    public static IReadOnlyList<string> Overrides(string folder)
    {
        JsonNode stage = StageStore.Read(Path.Combine(folder, "stage.json"))
            ?? throw new UserException($"'{folder}' is no stage of a sweep: it has no stage.json. 'hiendmae sweep FILE' makes stages.");
        if ((string?)stage[FolderKey] is not { } name) return [];
        string before = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder)))!, name);
        string run = StageStore.FinishedRun(before)
            ?? throw new UserException($"The stage starts from '{before}', which has no results yet. Run 'hiendmae sweep' again: it submits this stage after that one.");
        return [$"finetune.init=[{JsonValue.Create(StageStore.StartIn(run)).ToJsonString()}]"];
    }

    /// <summary>Whether the stage's experiment says how many threads it computes with.</summary>
    /// <param name="folder">The stage's folder.</param>
    public static bool NamesThreads(string folder) => (int?)StageStore.Read(Path.Combine(folder, "stage.json"))?[ThreadsKey] > 0;

    /// <summary>Notes a start, and refuses one that would repeat what has led nowhere.</summary>
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
                $"The stage was started {vain} times at step {step} and lost each time before its next checkpoint. Look at '{Path.Combine(folder, "job.log")}' and at SLURM's output, give the job more memory or save more often, and run the sweep with --retry-failed."));
        }
        journal.NoteStart(step, now);
    }

    /// <summary>The step of the newest checkpoint below a stage's folder; 0 where there is none.</summary>
    public static int NewestStep(string folder) => StageStore.NewestRun(folder) is not { } run ? 0
        : Directory.GetDirectories(run, "step-*", SearchOption.AllDirectories)
            .Select(path => int.TryParse(Path.GetFileName(path).AsSpan("step-".Length), out int step) ? step : 0).DefaultIfEmpty().Max();
}
