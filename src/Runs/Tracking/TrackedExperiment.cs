using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
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

/// <summary>The experiment's tracked run and its children. A resumed run continues them. Nothing here waits for a server.</summary>
internal sealed class TrackedExperiment : IDisposable
{
    /// <summary>The variable that names the tracked run of a sweep, whose experiments are its children.</summary>
    public const string ParentVariable = "HIENDMAE_PARENT_RUN";

    private static readonly string[] ChangingFiles = ["log.txt", "metrics.jsonl"];
    private readonly TrackingSession? session;
    private readonly RunDirectory directory;
    private readonly ExperimentConfig config;
    private readonly ExperimentChoice experiment;
    private readonly IReadOnlyDictionary<string, string> parameters;
    private readonly Dictionary<string, string> tags;
    private readonly JobRecord? job;
    private readonly string shortName;
    private readonly TrackedRun root;
    private TrackedRun? open;
    private bool isDisposed;

    private TrackedExperiment(TrackingSession? session, TrackingSettings? settings, RunDirectory directory, LoadedExperiment loaded, JobRecord? job, RunEnvironment environment)
    {
        this.session = session;
        this.directory = directory;
        this.job = job;
        config = loaded.Config;
        experiment = settings?.Experiment ?? new ExperimentChoice(config.Name, null);
        parameters = job?.Parameters ?? StageParameters.Of(config);
        tags = RunTags.Of(job is null ? "experiment" : "job", job?.Label ?? loaded.Label, config, environment.GetVariable);
        tags["hiendmae.run_directory"] = directory.FullPath;
        tags["hiendmae.fingerprint"] = loaded.Fingerprint;
        string time = environment.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        string name = config.Tracking.RunName.Length > 0 ? config.Tracking.RunName : $"{config.Name} {time}";
        shortName = job?.Label ?? name;
        root = StartRoot(settings, job?.Label ?? name, environment.GetVariable(ParentVariable) is { Length: > 0 } parent ? parent : null);
        // When a run is resumed, the user's files may have another version, and the config may have changed.
        if (root.IsResumed) root.SetTags(tags);
        root.LogParams(parameters);
        root.SetExperimentTags(config.Tracking.ExperimentTags);
        root.LogArtifact(directory.File("experiment.toml"));
        root.LogArtifact(directory.File("environment.json"));
        if (session is not null) new RunRecord(session.Target.RelativeTo(directory.FullPath), experiment.Name, experiment.Id, experiment.Run, root.Id).Write(directory);
    }

    /// <summary>A readable name of the store; null if tracking is off.</summary>
    public string? Description => session?.Target.ToString();

    /// <summary>Opens the tracking of a run directory.</summary>
    /// <param name="directory">The run directory.</param>
    /// <param name="settings">The store and the names of the run; null to track nothing.</param>
    /// <param name="loaded">The experiment.</param>
    /// <param name="job">The sweep's record of this run; null without a sweep.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="reporter">Takes warnings.</param>
    /// <param name="leave">Ends the sending of waiting records at the end if it is cancelled meanwhile.</param>
    /// <exception cref="TrackingException">The local store is no MLflow database, or another process works in the directory.</exception>
    public static TrackedExperiment Open(
        RunDirectory directory, TrackingSettings? settings, LoadedExperiment loaded, JobRecord? job, RunEnvironment environment, IRunReporter reporter, CancellationToken leave)
    {
        if (settings is null) return new TrackedExperiment(null, null, directory, loaded, job, environment);
        var options = new TrackingSessionOptions
        {
            SystemMetricsEvery = TimeSpan.FromSeconds(loaded.Config.Tracking.SystemMetricsSeconds),
            Client = settings.Client,
            SpoolOnly = environment.GetVariable(TrackingSettings.SpoolVariable) == "spool",
            LeaveAtEnd = leave,
        };
        TrackingSession session = TrackingSession.Open(directory.FullPath, settings.Target, environment.GetVariable, environment.Clock, Note, options);
        return new TrackedExperiment(session, settings, directory, loaded, job, environment);

        void Note(string message)
        {
            directory.AppendLine("log.txt", $"{environment.Clock.GetUtcNow():O} {message}");
            reporter.Warn(message);
        }
    }

    /// <summary>Opens the child run of a stage. If the run was resumed, its earlier child run continues.</summary>
    public TrackedRun OpenStage(StagePlan plan)
    {
        if (session is null) return TrackedRun.None;
        Stage stage = plan.Stage;
        var own = new Dictionary<string, string>(tags, StringComparer.Ordinal) { [RunTags.Role] = "stage", ["hiendmae.stage"] = stage.Name };
        if (stage.Start.Length > 0) own["hiendmae.start"] = stage.Start;
        if (stage.Kind == StageKind.Evaluate) own[RunTags.Result] = "true";
        open = session.StartRun(stage.Name, experiment, $"{stage.Name}: {shortName}", root.Id, own);
        if (open.IsResumed) open.SetTags(own);
        open.LogParams(StageParameters.Of(parameters, plan, isJob: job is not null));
        session.TrackSystem(open);
        return open;
    }

    /// <summary>Ends the child run.</summary>
    public void FinishStage(TrackedRun run)
    {
        session?.TrackSystem(null);
        run.Finish(RunStatus.Finished);
        open = null;
    }

    /// <summary>Logs the best or last checkpoint of a training, as the settings say.</summary>
    public void LogCheckpoint(TrackedRun run, Stage stage, string checkpoint)
    {
        if (session is null || config.Tracking.Checkpoints == "none" || !Directory.Exists(checkpoint)) return;
        string sums = Path.Combine(checkpoint, "checksums.json"), name = $"{stage}/checkpoint.json";
        string relative = Path.GetRelativePath(directory.FullPath, checkpoint).Replace('\\', '/');
        directory.Write(name, new JsonObject
        {
            ["path"] = relative,
            ["sha256"] = File.Exists(sums) ? JsonNode.Parse(File.ReadAllText(sums)) : null,
        }.ToJsonString(JsonOptions.Indented));
        run.SetTags(new Dictionary<string, string> { ["hiendmae.checkpoint"] = relative });
        run.LogArtifact(directory.File(name));
        if (config.Tracking.Checkpoints != "upload") return;
        foreach (string file in Directory.GetFiles(checkpoint).Order(StringComparer.Ordinal)) run.LogArtifact(file, "checkpoint");
    }

    /// <summary>Logs a fine-tuned model, if the settings ask for it.</summary>
    /// <param name="run">The run of its stage.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="checkpoint">The checkpoint that evaluation takes.</param>
    public void LogModel(TrackedRun run, Stage stage, string checkpoint)
    {
        if (session is null || !config.Tracking.Model) return;
        run.LogModel(ModelPackaging.Package(directory, config, stage, checkpoint, config.Tracking.Register.Length > 0 ? config.Tracking.Register : null));
    }

    /// <summary>Logs the inputs of a stage.</summary>
    public static void LogInputs(TrackedRun run, Dataset dataset, DataConfig data, params DatasetSplit[] splits) =>
        run.LogInputs([.. splits.Select(split => TrackedDataset.Describe(dataset, data, split)).OfType<DatasetInput>()]);

    /// <summary>Logs every metric of an evaluation by class, and its mean, under names such as dice.liver and hd95.mean.</summary>
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
    /// <param name="results">The results of the experiment.</param>
    /// <param name="page">The HTML report; null if there is none.</param>
    /// <param name="now">The time.</param>
    public void Finish(ExperimentResults results, string? page, DateTimeOffset now)
    {
        // In a sweep, the combination says it.
        foreach ((string start, EvaluationResult evaluation) in results.Evaluations.Where(_ => job is null))
        {
            if (evaluation.Mean is { } mean) root.LogMetrics([new MetricPoint($"{start}.dice.mean", mean, 0, now)]);
        }
        root.LogArtifact(directory.File("results.json"));
        if (page is not null) root.LogArtifact(page);
        LogChangingFiles();
        root.Finish(RunStatus.Finished);
    }

    /// <summary>Ends every open run as failed or killed.</summary>
    public void Fail(bool killed)
    {
        RunStatus status = killed ? RunStatus.Killed : RunStatus.Failed;
        session?.TrackSystem(null);
        open?.Finish(status);
        LogChangingFiles();
        root.Finish(status);
    }

    /// <summary>Sends waiting records for a limited time.</summary>
    public void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        session?.Dispose();
    }

    private TrackedRun StartRoot(TrackingSettings? settings, string name, string? parent) =>
        session?.StartRun("experiment", experiment, name, parent, tags, settings!.RunId) ?? TrackedRun.None;

    private void LogChangingFiles()
    {
        foreach (string file in ChangingFiles.Select(directory.File).Where(File.Exists)) root.LogArtifact(file);
    }
}
