using System.Text.RegularExpressions;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Mlflow;

namespace HiEndMae.Host.Running;

/// <summary>The experiment's tracked run and its children, found again when the run is resumed.</summary>
internal sealed partial class TrackedExperiment
{
    private const string RunIdFile = "mlflow-run.txt";
    private readonly ITrackingStore store;
    private readonly RunDirectory directory;
    private readonly ExperimentConfig config;
    private readonly string experimentId;
    private readonly string runId;
    private string? open;

    public TrackedExperiment(ITrackingStore store, RunDirectory directory, ExperimentConfig config, string fingerprint)
    {
        this.store = store;
        this.directory = directory;
        this.config = config;
        experimentId = store.GetOrCreateExperiment(config.Name);
        runId = Open(RunIdFile, directory.RunId, null, fingerprint);
        store.LogArtifact(runId, directory.File("experiment.toml"), "");
        store.LogArtifact(runId, directory.File("environment.json"), "");
    }

    /// <summary>The store, for loggers.</summary>
    public ITrackingStore Store => store;

    /// <summary>Opens the child run of a stage, the one from before where the run was resumed.</summary>
    public string OpenStage(StagePlan stage) => open = Open($"{stage.Name}/{RunIdFile}", stage.Name, runId, "");

    /// <summary>Ends the child run.</summary>
    public void FinishStage(string run)
    {
        store.Finish(run, RunStatus.Finished);
        open = null;
    }

    /// <summary>Dice of an evaluation as metrics, by name of class.</summary>
    public void LogEvaluation(string run, EvaluationResult result, IReadOnlyList<string> labels, DateTimeOffset now)
    {
        var points = new List<MetricPoint>();
        for (int label = 0; label < labels.Count; label++)
        {
            if (result.PerClass[label] is { } dice) points.Add(new MetricPoint($"dice.{Key().Replace(labels[label], "_")}", dice, 0, now));
        }
        if (result.Mean is { } mean) points.Add(new MetricPoint("dice.mean", mean, 0, now));
        store.LogMetrics(run, points);
    }

    /// <summary>Ends the experiment's run with its results.</summary>
    public void Finish(ExperimentResults results, DateTimeOffset now)
    {
        foreach ((string start, EvaluationResult evaluation) in results.Evaluations)
        {
            if (evaluation.Mean is { } mean) store.LogMetrics(runId, [new MetricPoint($"{Key().Replace(start, "_")}.dice.mean", mean, 0, now)]);
        }
        store.LogArtifact(runId, directory.File("results.json"), "");
        store.Finish(runId, RunStatus.Finished);
    }

    /// <summary>Ends every open run as failed or killed; the error that led here is what the user should see, not one of the tracker.</summary>
    public void Fail(bool killed)
    {
        RunStatus status = killed ? RunStatus.Killed : RunStatus.Failed;
        try
        {
            if (open is not null) store.Finish(open, status);
            store.Finish(runId, status);
        }
        catch (TrackingException error)
        {
            directory.AppendLine("log.txt", $"tracking: {error.Message}");
        }
    }

    private string Open(string file, string name, string? parent, string fingerprint)
    {
        string path = directory.File(file);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known && store.Reopen(known)) return known;
        var tags = new Dictionary<string, string> { ["hiendmae.run_directory"] = directory.FullPath };
        if (fingerprint.Length > 0) tags["hiendmae.fingerprint"] = fingerprint;
        if (parent is null && config.Description.Length > 0) tags["mlflow.note.content"] = config.Description;
        string id = store.CreateRun(experimentId, name, parent, tags);
        if (parent is null) store.LogParams(id, TomlText.Flatten(config.ToTable()).ToDictionary(entry => entry.Key, entry => entry.Value));
        directory.Write(file, id + "\n");
        return id;
    }

    [GeneratedRegex(@"[^A-Za-z0-9_\-.: ]")]
    private static partial Regex Key();
}
