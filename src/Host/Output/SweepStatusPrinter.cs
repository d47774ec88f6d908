using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Sweeps;
using HiEndMae.Sweeps.Slurm;

namespace HiEndMae.Host.Output;

/// <summary><c>sweep --status</c>: prints every stage with its job, its last line of output, and the place of its log. It reads folders and the queue, so it works from any terminal.</summary>
internal static class SweepStatusPrinter
{
    public static void Print(HostEnvironment environment, SweepGraph graph, StageStore store, bool json)
    {
        SlurmJobs? jobs = Jobs(environment, store);
        (SweepStage Stage, string State, SlurmJob? Job, string News)[] rows = [.. graph.Stages.Select(stage =>
        {
            SlurmJob? job = jobs?.Of(stage);
            StageStatus status = store.StatusOf(stage);
            return (stage, StateOf(status, job), job, NewsOf(store, stage, status, job));
        })];
        if (json)
        {
            environment.Output.WriteLine(new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
            {
                ["stage"] = row.Stage.FolderName,
                ["label"] = row.Stage.Label,
                ["state"] = row.State,
                ["job"] = row.Job?.Id,
                ["job_state"] = row.Job?.Text,
                ["reason"] = row.Job?.Reason,
                ["node"] = row.Job?.Node,
                ["step"] = StageStart.NewestStep(store.FolderOf(row.Stage)),
                ["news"] = row.News,
                ["log"] = store.LogOf(row.Stage),
            })]).ToJsonString(JsonOptions.Indented));
            return;
        }
        environment.Output.WriteLine($"{"state",-10}  {"job",-10}  {"node",-10}  stage");
        foreach ((SweepStage stage, string state, SlurmJob? job, string news) in rows)
        {
            environment.Output.WriteLine($"{state,-10}  {job?.Id ?? "",-10}  {job?.Node ?? "",-10}  {stage.FolderName}  {stage.Label}{(news.Length > 0 ? $"\n{"",36}{news}" : "")}");
        }
        environment.Output.WriteLine(string.Join(", ", rows.GroupBy(row => row.State).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}")))
            + $"; logs are {Path.Combine(store.Output, "stages", "STAGE", "job.log")}{(jobs is null ? "" : $", SLURM's output is in {SlurmSubmission.RootOf(store.Output)}")}");
    }

    private static SlurmJobs? Jobs(HostEnvironment environment, StageStore store)
    {
        if (SlurmSubmission.All(store.Output).Count == 0) return null;
        try
        {
            return SlurmJobs.Read(store.Output, SlurmClient.Connect());
        }
        catch (SlurmException error)
        {
            environment.Error.WriteLine($"warning: {error.Message} The states below come only from the folders.");
            return null;
        }
    }

    private static string StateOf(StageStatus status, SlurmJob? job) => status switch
    {
        StageStatus.Done => "done",
        StageStatus.Failed => "failed",
        _ => job?.State switch
        {
            null when status == StageStatus.Missing => "missing",
            null => "unfinished",
            SlurmJobState.Queued => "queued",
            SlurmJobState.Running => "running",
            SlurmJobState.Unknown => "lost",
            SlurmJobState.Cancelled or SlurmJobState.Orphaned => "cancelled",
            _ => "ended",
        },
    };

    private static string NewsOf(StageStore store, SweepStage stage, StageStatus status, SlurmJob? job) => status switch
    {
        StageStatus.Done => "",
        StageStatus.Failed => store.FailureOf(stage),
        _ when job is { State: SlurmJobState.Queued } => job.Reason + SavedStep(store, stage),
        _ when job is { IsUnderWay: false } => $"{SlurmLauncher.HowItEnded(job)}{SavedStep(store, stage)}; the same sweep submits it again",
        StageStatus.Unfinished => StageNews.Of(store.LogOf(stage)) + SavedStep(store, stage),
        _ => StageNews.Of(store.LogOf(stage)),
    };

    // Where the stage continues after it has been interrupted.
    private static string SavedStep(StageStore store, SweepStage stage) =>
        StageStart.NewestStep(store.FolderOf(stage)) is > 0 and var step ? string.Create(CultureInfo.InvariantCulture, $", saved at step {step}") : "";
}
