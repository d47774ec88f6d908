using System.Text.Json.Nodes;

namespace HiEndMae.Mlflow;

/// <summary>Applies one record to a store. Applying it again changes nothing.</summary>
/// <param name="runFolder">The run directory.</param>
/// <param name="store">The store.</param>
/// <param name="state">The store's ids of runs. The start of a run adds one.</param>
/// <param name="present">The ids in the present environment. They replace ids of the spool that the store does not have.</param>
internal sealed class RecordApplier(string runFolder, ITrackingStore store, CursorState state, EnvironmentIds present)
{
    /// <summary>Name of the tag with our id of a run.</summary>
    public const string IdTag = "hiendmae.run_id";

    /// <summary>Prefix of link tags. The tag <c>hiendmae.run.NAME</c> holds the store's id of another run.</summary>
    public const string LinkPrefix = "hiendmae.run.";

    private const string ParentTag = "hiendmae.parent_id";

    /// <exception cref="TrackingException">The store refuses the record, or is not available.</exception>
    public void Apply(SpoolRecord record)
    {
        switch (record.Op)
        {
            case SpoolRecord.Start:
                StartRun(record);
                break;
            case SpoolRecord.Resume:
                if (!store.Reopen(RunOf(record))) throw new TrackingException(TrackingFailure.Missing, $"Run {RunOf(record)} in {store.Description} is deleted; its values are left out until it is restored.");
                break;
            case SpoolRecord.Params:
                store.LogParams(RunOf(record), Dictionary(record.Entries));
                break;
            case SpoolRecord.Tags:
                store.SetTags(RunOf(record), Dictionary(record.Entries));
                break;
            case SpoolRecord.ExperimentTags:
                RunOf(record);
                store.SetExperimentTags(state.Experiments[record.Run!], Dictionary(record.Entries));
                break;
            case SpoolRecord.Links:
                foreach (Entry link in record.Entries ?? []) Link(new PendingLink(record.Run!, link.Key, link.Value), RunOf(record));
                break;
            case SpoolRecord.Metrics:
                store.LogMetrics(RunOf(record), [.. record.Points!.Select(static point => new MetricPoint(point.Key, point.Value, point.Step, DateTimeOffset.FromUnixTimeMilliseconds(point.Timestamp)))]);
                break;
            case SpoolRecord.Inputs:
                store.LogInputs(RunOf(record), record.Datasets ?? []);
                break;
            case SpoolRecord.Artifact:
                LogArtifact(record);
                break;
            case SpoolRecord.Model:
                LogModel(record);
                break;
            case SpoolRecord.End:
                EndRun(record);
                break;
            default:
                break; // "target", and kinds that a later version of this program may write
        }
    }

    private void StartRun(SpoolRecord record)
    {
        string run = record.Run!;
        if (record.StoreRun is { } given && GivenRun(given) is { } usable)
        {
            UseRun(record, usable.Id, usable.Experiment);
            return;
        }
        string experiment = ExperimentOf(record);
        // The run exists already if an earlier response or the cursor was lost.
        IReadOnlyList<string> found = store.FindRuns(experiment, IdTag, run);
        string id = found.Count > 0 ? found[0] : store.CreateRun(experiment, record.Name!, ParentOf(record, experiment), TagsOf(record), DateTimeOffset.FromUnixTimeMilliseconds(record.Time ?? 0));
        foreach (string twin in found.Skip(1)) store.DeleteRun(twin);
        Know(run, id, experiment, record.Parent is null);
    }

    // The spool has the run that MLFLOW_RUN_ID named at the start. If the store does not have it, the present environment names another one, or an experiment for a new run (null).
    private (string Id, string Experiment)? GivenRun(string id)
    {
        if (Find(id) is { } found) return found;
        string wrong = present.Run ?? id;
        if (wrong != id && Find(wrong) is { } other) return other;
        if (present is { Run: null, Experiment: not null }) return null;
        throw NeedsUser($"{store.Description} has no active run {wrong} (MLFLOW_RUN_ID); set MLFLOW_RUN_ID to an active run, or remove it and set MLFLOW_EXPERIMENT_NAME for a new run");

        (string, string)? Find(string run) => store.ExperimentOf(run) is { } experiment && store.PresenceOf(run) == RunPresence.Active ? (run, experiment) : null;
    }

    // With MLFLOW_RUN_ID, another program has created the run.
    private void UseRun(SpoolRecord record, string id, string experiment)
    {
        store.Reopen(id);
        store.SetTags(id, TagsOf(record));
        Know(record.Run!, id, experiment, record.Parent is null);
    }

    private void Know(string run, string id, string experiment, bool isRoot)
    {
        if (isRoot) Adopt(run, id, experiment);
        state.Runs[run] = id;
        state.Experiments[run] = experiment;
    }

    private string ExperimentOf(SpoolRecord record)
    {
        // A child belongs to its parent's experiment, even if that is not the one at the start.
        if (record.Parent is { } parent && state.Experiments.TryGetValue(parent, out string? same)) return same;
        if ((record.StoreRun ?? record.ExperimentRun) is { } given) return GivenRun(given)?.Experiment ?? ExperimentOf(present.Experiment!);
        var first = new ExperimentChoice(record.Experiment, record.ExperimentId);
        return present.Experiment is { } now && now != first && FaultOf(first) is not null ? ExperimentOf(now) : ExperimentOf(first);
    }

    private string ExperimentOf(ExperimentChoice choice)
    {
        if (FaultOf(choice) is { } fault) throw NeedsUser($"{fault}; set MLFLOW_EXPERIMENT_ID or MLFLOW_EXPERIMENT_NAME to the right experiment");
        return choice.Id ?? store.GetOrCreateExperiment(EntityRules.CleanName(choice.Name!, EntityRules.MaxExperimentName));
    }

    private string? FaultOf(ExperimentChoice choice)
    {
        if (choice.Id is not { } id) return null;
        if (store.NameOfExperiment(id) is not { } name) return $"{store.Description} has no active experiment {id} (MLFLOW_EXPERIMENT_ID)";
        return choice.Name is { } expected && name != expected ? $"the experiment {id} in {store.Description} (MLFLOW_EXPERIMENT_ID) is '{name}', not '{expected}' (MLFLOW_EXPERIMENT_NAME)" : null;
    }

    // The failure counts as temporary, so that values are kept until the user has fixed the variable.
    private TrackingException NeedsUser(string fault) => new(TrackingFailure.Unavailable, $"{fault}, and run 'hiendmae track sync {runFolder}'.") { NeedsUser = true };

    // A link is a tag with the store's id of the other run. That run may belong to another process and be created later.
    private void Link(PendingLink link, string id)
    {
        string experiment = state.Experiments[link.Run];
        string? other = state.Runs.GetValueOrDefault(link.Other) ?? (store.FindRuns(experiment, IdTag, link.Other) is [var first, ..] ? first : null);
        state.Links.Remove(link);
        if (other is null) state.Links.Add(link);
        else store.SetTags(id, new Dictionary<string, string> { [EntityRules.CleanKey(LinkPrefix + link.Name)] = other });
    }

    // Runs of other processes, such as the stages of a sweep, may have ended before their parent run was created.
    private void Adopt(string run, string id, string experiment)
    {
        foreach (string child in store.FindRuns(experiment, ParentTag, run)) store.SetTags(child, new Dictionary<string, string> { [RunTags.ParentRunId] = id });
    }

    private void EndRun(SpoolRecord record)
    {
        string id = RunOf(record), experiment = state.Experiments[record.Run!];
        // The server may have completed an earlier request for this run after we cancelled it.
        foreach (string twin in store.FindRuns(experiment, IdTag, record.Run!))
        {
            if (twin != id) store.DeleteRun(twin);
        }
        if (record.Parent is not null && !state.Runs.ContainsKey(record.Parent) && ParentOf(record, experiment) is { } parent)
            store.SetTags(id, new Dictionary<string, string> { [RunTags.ParentRunId] = parent });
        foreach (PendingLink link in state.Links.ToArray())
        {
            if (state.Runs.TryGetValue(link.Run, out string? of)) Link(link, of);
        }
        store.Finish(id, record.Status!.Value, DateTimeOffset.FromUnixTimeMilliseconds(record.Time ?? 0));
    }

    // The parent may belong to another process whose spool is sent later. Then the link is made when this run ends or when the parent is created.
    private string? ParentOf(SpoolRecord record, string experiment) => record.Parent is null ? null
        : state.Runs.GetValueOrDefault(record.Parent) ?? (store.FindRuns(experiment, IdTag, record.Parent) is [var first, ..] ? first : null);

    private static Dictionary<string, string> TagsOf(SpoolRecord record)
    {
        Dictionary<string, string> tags = Dictionary(record.Entries);
        tags[IdTag] = record.Run!;
        if (record.Parent is not null) tags[ParentTag] = record.Parent;
        return tags;
    }

    private void LogArtifact(SpoolRecord record)
    {
        string file = Path.GetFullPath(Path.Combine(runFolder, record.File!));
        if (!File.Exists(file)) throw new TrackingException($"the artifact {file} no longer exists.");
        store.LogArtifact(RunOf(record), file, record.Folder ?? "");
    }

    private void LogModel(SpoolRecord record)
    {
        ModelFile[] files = [.. (record.Entries ?? []).Select(file => new ModelFile(Path.GetFullPath(Path.Combine(runFolder, file.Key)), file.Value))];
        if (Array.Find(files, static file => !File.Exists(file.Path)) is { } gone) throw new TrackingException($"the model's file {gone.Path} no longer exists.");
        store.LogModel(RunOf(record), new ModelPackage(record.Name!, files, (JsonObject)JsonNode.Parse(record.Description!)!, record.Step ?? 0, record.RegisterAs));
    }

    private string RunOf(SpoolRecord record) => state.Runs.GetValueOrDefault(record.Run ?? "")
        ?? throw new TrackingException($"the run {record.Run} was refused by {store.Description}.");

    private static Dictionary<string, string> Dictionary(IReadOnlyList<Entry>? entries)
    {
        var dictionary = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Entry entry in entries ?? []) dictionary[entry.Key] = entry.Value;
        return dictionary;
    }
}
