using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Failures;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Planning;
using HiEndMae.Runs.Reporting;
using HiEndMae.Runs.Results;
using HiEndMae.Runs.Tracking;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Execution;

/// <summary>Runs the stages of one experiment. Each stage has a tracked run that is a child of the experiment's.</summary>
internal sealed class ExperimentRunner(RunEnvironment environment, IRunReporter reporter, IFigureWriter figures, IResultsPage page, PluginCatalog catalog, RunOptions options)
{
    private static readonly TimeSpan AbortTime = TimeSpan.FromSeconds(5);
    private readonly ComponentFactory factory = new(catalog);

    /// <summary>Runs every stage that is not finished yet and returns the results.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="show">Shows the results, before the program waits for the tracking server.</param>
    /// <param name="cancel">Stops the run after a checkpoint. During the sending of the last tracked values, it ends the sending.</param>
    /// <exception cref="OperationCanceledException">The run was stopped after writing a checkpoint.</exception>
    public ExperimentResults Run(LoadedExperiment experiment, Action<ExperimentResults> show, CancellationToken cancel)
    {
        try
        {
            return RunStages(experiment, show, cancel);
        }
        catch (Exception error) when (PluginFault.Of(error) is { } fault && FailurePlace.Note(error, () => ComponentsOf(fault, experiment.Config)))
        {
            throw;
        }
    }

    // The components of the failing plugin that the experiment uses.
    private string ComponentsOf(PluginFault fault, ExperimentConfig config) => string.Join(" and ", UsedComponents.Of(config.ToTable(), ExperimentConfig.Schema, catalog.Components)
        .Where(component => catalog.OwnerOf(component).Name == fault.Plugin).Select(component => $"{component.Slot.ToString().ToLowerInvariant()} '{component.Name}'"));

    private ExperimentResults RunStages(LoadedExperiment experiment, Action<ExperimentResults> show, CancellationToken cancel)
    {
        ExperimentConfig config = experiment.Config;
        // Only rank 0 writes and tracks.
        TrackingSettings? tracking = environment.Group.IsFirst() ? TrackingSettings.Of(config, options.Out, environment.GetVariable) : null;
        IReadOnlyList<StagePlan> plan = StagePlan.Of(config);
        Device device = DeviceChoice.Prepare(options.Device ?? config.Device, environment.GetVariable);
        int threads = Compute.Prepare(config, environment.LocalProcesses);
        IProcessGroup group = ProcessGroups.On(environment.Group, device);
        var budget = new TimeBudget(config.TimeBudget, environment.Clock);
        // Datasets are opened first, so that a wrong folder or a missing file ends the run before anything is written.
        RunDatasets datasets = RunDatasets.Open(config, factory, reporter.Warn, cancel);
        plan = WithScores(plan, datasets.Labelled);
        if (SidedLabels.Warn(config.Finetune?.Data, datasets.LabelNames) is { } sided) reporter.Warn(sided);
        StartWeights starts = StartWeights.Fetch(plan, tracking, options.Out, environment, reporter.Say);
        // A sweep rehearses all stages before it starts the first one.
        if (!options.IsJob) new Rehearsal(factory, device).Run(config, datasets, starts);
        using RunDirectory directory = OpenDirectory(experiment);
        using PeerWatch watch = PeerWatch.Start(group, directory.File(PeerWatch.FolderName), why => EndWithoutPeers(group, why));
        var identity = new RunIdentity(experiment.Fingerprint, experiment.ResolvedToml, directory.Fingerprints) { Code = CodeIdentity.Of(config, catalog).ToMetadata() };
        directory.Write("experiment.toml", JsonSchemaWriter.Reference + experiment.ResolvedToml);
        directory.Write(JsonSchemaWriter.FileName, JsonSchemaWriter.Write(catalog.Components));
        if (datasets.Labelled is { } labelled) directory.Write(ModelCard.FileName, ModelCard.Of(labelled.Info).ToJson());
        directory.Write("environment.json", EnvironmentReport.Create(catalog, device.ToString(), threads).ToJsonString(JsonOptions.Indented));
        using var tracked = TrackedExperiment.Open(directory, tracking, experiment, options.IsJob ? JobRecord.Read(options.Out) : null, environment, reporter, cancel);
        reporter.Say($"run {directory.FullPath}, {device}, {threads} threads, {(group.Size > 1 ? $"{group.Size} processes by {group.Description}, " : "")}{(tracked.Description is { } store ? $"tracked in {store}" : "not tracked")}");
        var results = new ExperimentResults(directory.FullPath, datasets.ScoredNames)
        {
            Conditions = new RunConditions(device.ToString(), threads, config.Deterministic, RunOpening.ChangesOf(directory), RunOpening.CodeChangesOf(directory)),
        };
        try
        {
            var scope = new RunScope(config, directory, tracked, datasets, new ModelFactory(config, factory, device), DataServices.Of(config, options.Out), identity, budget)
            {
                Starts = starts,
                Device = device,
                Group = group,
                Threads = threads,
            };
            var stages = new StageRunner(scope, environment, reporter, figures);
            foreach (StagePlan stage in plan) stages.Run(stage, results, cancel);
            directory.WriteResults(results.ToJson().ToJsonString(JsonOptions.Indented));
            results.Page = options.IsJob || !group.IsFirst() ? null : WritePage(directory);
            tracked.Finish(results, results.Page, environment.Clock.GetUtcNow());
            watch.Leave(ExitCodes.Done);
        }
        catch (Exception error)
        {
            bool isStopped = error is OperationCanceledException;
            if (isStopped) watch.Leave(ExitCodes.Interrupted);
            tracked.Fail(killed: isStopped);
            directory.AppendLine("log.txt", $"{environment.Clock.GetUtcNow():O} {error.GetType().Name}: {error.Message}");
            if (isStopped) LeaveTogether(watch, group, ExitCodes.Interrupted);
            else group.Abort();
            throw;
        }
        show(results);
        tracked.Dispose(); // sends waiting records
        directory.End();
        LeaveTogether(watch, group, ExitCodes.Done);
        return results;
    }

    // Rank 0 decides which run it is.
    private RunDirectory OpenDirectory(LoadedExperiment experiment)
    {
        IProcessGroup group = environment.Group;
        RunDirectory? own = group.IsFirst() ? RunOpening.Open(options, experiment, catalog, environment.Clock, reporter.Say) : null;
        string path = group.Broadcast(own?.FullPath ?? "");
        return own ?? RunDirectory.Join(path);
    }

    private void LeaveTogether(PeerWatch watch, IProcessGroup group, int code)
    {
        watch.LeaveTogether(code);
        // The caller disposes the group of the host.
        if (!ReferenceEquals(group, environment.Group)) group.Dispose();
    }

    private void EndWithoutPeers(IProcessGroup group, string why)
    {
        reporter.Warn(why);
        // A driver that hangs must not keep the process.
        Task.Run(group.Abort).Wait(AbortTime);
        PeerWatch.Exit(ExitCodes.Failed);
    }

    // The results are complete even if the page cannot be written.
    private string? WritePage(RunDirectory directory)
    {
        string path = directory.File("report.html");
        try
        {
            page.Write([directory.FullPath], path);
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or UserException)
        {
            reporter.Warn($"{path} cannot be written: {error.Message}");
            return null;
        }
    }

    // Warns before anything is trained, so that nobody waits for scores that cannot be computed.
    private IReadOnlyList<StagePlan> WithScores(IReadOnlyList<StagePlan> plan, Dataset? labelled)
    {
        if (labelled is null || labelled.Cases(DatasetSplit.Test).Any(one => one.HasLabel)) return plan;
        reporter.Warn($"Dataset '{labelled.Info.Name}' in [finetune.data] has no labelled test cases, so the fine-tuned models get no scores. Name test cases there to get them.");
        return [.. plan.Where(one => one.Stage.Kind != StageKind.Evaluate)];
    }
}
