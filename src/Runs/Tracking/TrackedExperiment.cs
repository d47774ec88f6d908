using HiEndMae.Configuration.Shared;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Planning;
using HiEndMae.Runs.Reporting;
using HiEndMae.Runs.Results;

namespace HiEndMae.Runs.Tracking;

/// <summary>The experiment's tracked run and its children, found again when the run is resumed. Nothing here waits for a server.</summary>
internal sealed class TrackedExperiment : IDisposable
{
    /// <summary>Names the tracked run of a sweep, whose experiments are its children.</summary>
    public const string ParentVariable = "HIENDMAE_PARENT_RUN";

    private readonly TrackingSession session;
    private readonly RunDirectory directory;
    private readonly ExperimentConfig config;
    private readonly TrackedRun root;
    private TrackedRun? open;

    private TrackedExperiment(TrackingSession session, RunDirectory directory, LoadedExperiment experiment, RunEnvironment environment)
    {
        this.session = session;
        this.directory = directory;
        config = experiment.Config;
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["hiendmae.run_directory"] = directory.FullPath, ["hiendmae.fingerprint"] = experiment.Fingerprint };
        if (config.Description.Length > 0) tags["mlflow.note.content"] = config.Description;
        foreach ((string key, string value) in GitState.Read(Environment.CurrentDirectory, environment.GetVariable)?.ToTags() ?? new Dictionary<string, string>()) tags[key] = value;
        root = session.StartRun("experiment", config.Name, directory.RunId, environment.GetVariable(ParentVariable) is { Length: > 0 } parent ? parent : null, tags);
        // A resumed run may be of another version of the user's files.
        if (root.IsResumed) root.SetTags(tags);
        else root.LogParams(TomlText.Flatten(config.ToTable()).ToDictionary(entry => entry.Key, entry => entry.Value));
        root.LogArtifact(directory.File("experiment.toml"));
        root.LogArtifact(directory.File("environment.json"));
    }

    /// <summary>Where the runs go, for people.</summary>
    public string Description => session.Target.ToString();

    /// <summary>Opens the tracking of a run directory.</summary>
    /// <param name="directory">The run directory.</param>
    /// <param name="output">Folder of run directories, where the local store is.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="reporter">Takes warnings.</param>
    /// <exception cref="TrackingException">The local store is no MLflow database, or another process works in the directory.</exception>
    public static TrackedExperiment Open(RunDirectory directory, string output, LoadedExperiment experiment, RunEnvironment environment, IRunReporter reporter)
    {
        TrackingTarget target = TrackingTarget.Parse(experiment.Config.Tracking.Uri, Path.GetFullPath(output), environment.GetVariable);
        var options = new TrackingSessionOptions
        {
            SystemMetricsEvery = TimeSpan.FromSeconds(experiment.Config.Tracking.SystemMetricsSeconds),
            Client = MlflowClientOptions.Of(environment.GetVariable),
        };
        return new TrackedExperiment(
            TrackingSession.Open(directory.FullPath, target, environment.GetVariable, environment.Clock, Note, options), directory, experiment, environment);

        void Note(string message)
        {
            directory.AppendLine("log.txt", $"{environment.Clock.GetUtcNow():O} {message}");
            reporter.Warn(message);
        }
    }

    /// <summary>Opens the child run of a stage, the one from before where the run was resumed.</summary>
    public TrackedRun OpenStage(StagePlan stage)
    {
        open = session.StartRun(stage.Name, config.Name, stage.Name, root.Id, new Dictionary<string, string> { ["hiendmae.run_directory"] = directory.FullPath });
        session.TrackSystem(open);
        return open;
    }

    /// <summary>Ends the child run.</summary>
    public void FinishStage(TrackedRun run)
    {
        session.TrackSystem(null);
        run.Finish(RunStatus.Finished);
        open = null;
    }

    /// <summary>The last checkpoint of a training, as far as the settings want it.</summary>
    public void LogCheckpoint(TrackedRun run, string stage, string checkpoint)
    {
        if (config.Tracking.Checkpoints == "none" || !Directory.Exists(checkpoint)) return;
        string sums = Path.Combine(checkpoint, "checksums.json"), name = $"{stage}/checkpoint.json";
        directory.Write(name, new JsonObject
        {
            ["path"] = checkpoint,
            ["sha256"] = File.Exists(sums) ? JsonNode.Parse(File.ReadAllText(sums)) : null,
        }.ToJsonString(JsonOptions.Indented));
        run.SetTags(new Dictionary<string, string> { ["hiendmae.checkpoint"] = checkpoint });
        run.LogArtifact(directory.File(name));
        if (config.Tracking.Checkpoints != "upload") return;
        foreach (string file in Directory.GetFiles(checkpoint).Order(StringComparer.Ordinal)) run.LogArtifact(file, "checkpoint");
    }

    /// <summary>What a stage reads.</summary>
    public static void LogInputs(TrackedRun run, Dataset dataset, DataConfig data, params DatasetSplit[] splits) =>
        run.LogInputs([.. splits.Select(split => TrackedDataset.Describe(dataset, data, split)).OfType<DatasetInput>()]);

    /// <summary>Every metric of an evaluation by name of class, and its mean: dice.liver, hd95.mean.</summary>
    public static void LogEvaluation(TrackedRun run, EvaluationResult result, IReadOnlyList<string> labels, DateTimeOffset now)
    {
        var points = new List<MetricPoint>();
        foreach (MetricSummary summary in result.Summaries)
        {
            string metric = summary.Metric.Key();
            for (int label = 0; label < labels.Count; label++)
            {
                if (summary.PerClass[label] is { } score) points.Add(new MetricPoint($"{metric}.{labels[label]}", score.Mean, 0, now));
            }
            if (summary.Mean(result.Settings.Policy) is { } mean) points.Add(new MetricPoint($"{metric}.mean", mean.Mean, 0, now));
        }
        run.LogMetrics(points);
    }

    /// <summary>Ends the experiment's run with its results.</summary>
    public void Finish(ExperimentResults results, DateTimeOffset now)
    {
        foreach ((string start, EvaluationResult evaluation) in results.Evaluations)
        {
            if (evaluation.Mean is { } mean) root.LogMetrics([new MetricPoint($"{start}.dice.mean", mean, 0, now)]);
        }
        root.LogArtifact(directory.File("results.json"));
        root.Finish(RunStatus.Finished);
    }

    /// <summary>Ends every open run as failed or killed.</summary>
    public void Fail(bool killed)
    {
        RunStatus status = killed ? RunStatus.Killed : RunStatus.Failed;
        session.TrackSystem(null);
        open?.Finish(status);
        root.Finish(status);
    }

    /// <summary>Sends what waits, for a limited time.</summary>
    public void Dispose() => session.Dispose();
}
