using System.Globalization;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>Runs stages as SLURM jobs. Submits the missing ones, and then returns or waits for the end.</summary>
/// <remarks>After the submission, the jobs do not depend on this process. <c>OUT/slurm</c> lists them. Their progress is in the stages' folders and in SLURM's queue.</remarks>
/// <param name="environment">The program, its variables and the clock.</param>
/// <param name="store">The store of stages.</param>
/// <param name="config">Resources of the jobs.</param>
/// <param name="jobs">Number of elements of an array that run at a time; 0 for no limit.</param>
/// <param name="wait">Whether to wait until every job has ended.</param>
/// <param name="say">Receives messages for the user.</param>
internal sealed class SlurmLauncher(RunEnvironment environment, StageStore store, SlurmConfig config, int jobs, bool wait, Action<string> say) : ISweepLauncher
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(2), LongestPoll = TimeSpan.FromSeconds(30), FileSystemDelay = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, (int Times, int Step)> submissions = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<SweepStage> stages, string parentRun, Action<IReadOnlyCollection<IRunningStage>> changed, CancellationToken cancel)
    {
        SlurmClient client = SlurmClient.Connect();
        using FileLock alone = Lock();
        IReadOnlyList<SweepStage> wanted = stages;
        while (true)
        {
            SlurmJobs known = SlurmJobs.Read(store.Output, client);
            Submit(client, wanted, known, parentRun);
            known = SlurmJobs.Read(store.Output, client);
            if (!wait) return Report(stages, known, changed);
            try
            {
                known = await WaitAsync(client, stages, changed, cancel);
            }
            catch (OperationCanceledException)
            {
                say("The jobs run without this terminal. Run the same command again to see their state; 'scancel' ends them.");
                throw;
            }
            // Jobs that a user cancelled, and jobs that waited for them, do not count.
            SweepStage[] lost = [.. stages.Where(stage => store.StatusOf(stage) is StageStatus.Missing or StageStatus.Unfinished && !IsCancelled(stage, known))];
            foreach (SweepStage stage in lost) GiveUpIfInVain(stage, known);
            if (SlurmPlan.Of(lost, store.StatusOf, _ => false, client.MaxArraySize).Count == 0) return 0;
            wanted = lost;
        }
    }

    // A job that cannot start leaves no journal. Without this check, --wait would submit it again and again.
    private void GiveUpIfInVain(SweepStage stage, SlurmJobs known)
    {
        if (known.Of(stage) is not { } job || !submissions.TryGetValue(stage.Key, out (int Times, int Step) before) || before.Times < StageStart.MaxStarts || StageStart.NewestStep(store.FolderOf(stage)) > before.Step) return;
        store.Fail(stage, $"job {job.Id} {HowItEnded(job)}, and so did those before it; SLURM's output is in {SlurmSubmission.RootOf(store.Output)}");
    }

    private static bool IsCancelled(SweepStage stage, SlurmJobs known) =>
        known.Of(stage)?.State == SlurmJobState.Cancelled || (stage.Before is { } before && IsCancelled(before, known));

    private void Submit(SlurmClient client, IReadOnlyList<SweepStage> stages, SlurmJobs known, string parentRun)
    {
        IReadOnlyList<SlurmArray> arrays = SlurmPlan.Of(stages, store.StatusOf, stage => known.Of(stage)?.IsUnderWay == true, client.MaxArraySize);
        if (arrays.Count == 0) return;
        foreach (SweepStage stage in arrays.SelectMany(array => array.Stages))
        {
            if (known.Of(stage) is { } before) say($"{stage.FolderName}: job {before.Id} {HowItEnded(before)}; submitted again");
            (int times, int step) = submissions.GetValueOrDefault(stage.Key);
            int now = StageStart.NewestStep(store.FolderOf(stage));
            submissions[stage.Key] = (now > step ? 1 : times + 1, now);
            store.Prepare(stage, StageCost.Of(stage), environment.GetVariable);
        }
        string program = ProgramCopy.Of(HostProgram.FolderOf(environment.PluginsDirectory), SlurmSubmission.RootOf(store.Output), PluginFolders.Of(environment).Added.Where(Directory.Exists));
        SlurmSubmission submission = SlurmSubmission.Create(store.Output, program, arrays, environment.Clock.GetUtcNow());
        string script = Path.Combine(submission.Folder, "stage.sh");
        var variables = new Dictionary<string, string>
        {
            [TrackedExperiment.ParentVariable] = parentRun,
            [EnvironmentIds.RunVariable] = "",
            [EnvironmentIds.SweepRunVariable] = environment.GetVariable(EnvironmentIds.RunVariable) ?? "",
            [TrackingSettings.SpoolVariable] = "spool",
            [PluginFolders.Variable] = Path.Combine(program, ProgramCopy.AddedPlugins),
        };
        AtomicFile.WriteText(script, SlurmScript.Text(HostProgram.In(program), config.Setup, variables));
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SlurmArray array in arrays)
        {
            string list = Path.Combine(submission.Folder, array.Name + ".txt");
            AtomicFile.WriteText(list, string.Concat(array.Stages.Select(stage => store.FolderOf(stage) + "\n")));
            string job = client.Submit(Options(submission, array, array.After is { } after ? ids.GetValueOrDefault(after.Key) ?? known.Of(after)!.Id : null), script, [list]);
            submission.Submitted(array.Name, job);
            for (int i = 0; i < array.Stages.Count; i++) ids[array.Stages[i].Key] = string.Create(CultureInfo.InvariantCulture, $"{job}_{i}");
            say(string.Create(CultureInfo.InvariantCulture,
                $"submitted {array.Stages.Count} x {Stage.NameOf(array.Kind)} as job {job}{(array.After is { } first ? $", after {ids.GetValueOrDefault(first.Key) ?? known.Of(first)!.Id}" : "")}"));
        }
    }

    private IEnumerable<string> Options(SlurmSubmission submission, SlurmArray array, string? after)
    {
        string limit = jobs > 0 ? string.Create(CultureInfo.InvariantCulture, $"%{jobs}") : "";
        return [
            "--job-name=hiendmae-" + Stage.NameOf(array.Kind),
            string.Create(CultureInfo.InvariantCulture, $"--array=0-{array.Stages.Count - 1}{limit}"),
            "--requeue", "--open-mode=append", "--comment=" + submission.CommentOf(array.Name),
            "--output=" + Path.Combine(submission.Folder, "%x-%A_%a.out"),
            "--chdir=" + Directory.GetCurrentDirectory(),
            .. after is null ? (string[])[] : ["--dependency=afterok:" + after, "--kill-on-invalid-dep=yes"],
            .. SlurmRequest.Options(config, array.Kind)];
    }

    // One query serves all jobs. Its interval grows.
    private async Task<SlurmJobs> WaitAsync(SlurmClient client, IReadOnlyList<SweepStage> stages, Action<IReadOnlyCollection<IRunningStage>> changed, CancellationToken cancel)
    {
        TimeSpan pause = FirstPoll;
        long? quietSince = null;
        bool isSilent = false;
        while (true)
        {
            await Task.Delay(pause, cancel);
            if (pause < LongestPoll) pause *= 1.2;
            SlurmJobs known;
            try
            {
                known = SlurmJobs.Read(store.Output, client);
                isSilent = false;
            }
            catch (SlurmException error)
            {
                // The jobs are not affected, and the controller usually comes back.
                if (!isSilent) say($"{error.Message} Waiting for it.");
                isSilent = true;
                continue;
            }
            if (Report(stages, known, changed) > 0)
            {
                quietSince = null;
                continue;
            }
            // The job has succeeded, but the shared file system does not show its results yet.
            bool isLate = stages.Any(stage => known.Of(stage) is { Text: "COMPLETED" } && store.StatusOf(stage) is StageStatus.Missing or StageStatus.Unfinished);
            quietSince ??= environment.Clock.GetTimestamp();
            if (!isLate || environment.Clock.GetElapsedTime(quietSince.Value) > FileSystemDelay) return known;
            pause = FirstPoll;
        }
    }

    private int Report(IReadOnlyList<SweepStage> stages, SlurmJobs known, Action<IReadOnlyCollection<IRunningStage>> changed)
    {
        changed([.. stages.Where(stage => known.Of(stage)?.State == SlurmJobState.Running && store.StatusOf(stage) != StageStatus.Done).Select(stage => new SlurmStage(stage, StageNews.Of(store.LogOf(stage))))]);
        return stages.Count(stage => known.Of(stage)?.IsUnderWay == true && store.StatusOf(stage) is StageStatus.Missing or StageStatus.Unfinished);
    }

    private FileLock Lock()
    {
        string folder = SlurmSubmission.RootOf(store.Output);
        return FileLock.TryTake(Path.Combine(folder, "lock")) ?? throw new SlurmException($"Another 'hiendmae sweep' is using '{folder}'. End it (its jobs continue), or use --status.");
    }

    /// <summary>Describes how a job ended.</summary>
    public static string HowItEnded(SlurmJob job) => job.State switch
    {
        SlurmJobState.Unknown => "is lost, because SLURM no longer has it",
        SlurmJobState.Cancelled => "was cancelled",
        SlurmJobState.Orphaned => "was cancelled with the job that it waited for",
        _ => $"ended as {job.Text}{(job.Reason.Length > 0 && job.Reason != "None" ? $" ({job.Reason})" : "")}",
    };
}
