using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Training;
using HiEndMae.Host.Commands;
using HiEndMae.Host.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Host.Running;

/// <summary>Runs the stages of one experiment, each with a tracked run of its own below the experiment's.</summary>
internal sealed class ExperimentRunner(HostEnvironment environment, PluginCatalog catalog, RunOptions options)
{
    private readonly ComponentFactory factory = new(catalog);

    /// <summary>Runs everything that is not done yet, and returns what came out.</summary>
    /// <exception cref="OperationCanceledException">Asked to stop; a checkpoint was written.</exception>
    public ExperimentResults Run(ExperimentConfig config, string resolvedToml, string fingerprint, CancellationToken cancel)
    {
        IReadOnlyList<StagePlan> plan = StagePlan.Of(config);
        Device device = DeviceChoice.Resolve(options.Device ?? config.Device);
        int threads = Compute.Prepare(config);
        var budget = new TimeBudget(config.TimeBudget, environment.Clock);
        // Datasets first: a wrong folder or a missing file ends the run before anything is written.
        Dataset? pretraining = config.Pretrain is null ? null : CreateDataset(config.Pretrain.Data);
        Dataset? labelled = config.Finetune is null ? null : CreateDataset(config.Finetune.Data);
        RunDirectory directory = RunOpening.Open(options, config.Name, resolvedToml, fingerprint, catalog, environment.Clock, Say);
        var identity = new RunIdentity(fingerprint, resolvedToml, directory.Fingerprints);
        directory.Write("experiment.toml", JsonSchemaWriter.Reference + resolvedToml);
        directory.Write(JsonSchemaWriter.FileName, JsonSchemaWriter.Write(catalog.Components));
        if (labelled is not null) directory.Write(ModelCard.FileName, ModelCard.Of(labelled.Info).ToJson());
        directory.Write("environment.json", EnvironmentReport.Create(catalog, device.ToString(), threads).ToJsonString(DiagnosticOutput.Indented));
        using var tracked = TrackedExperiment.Open(directory, options.Out, config, fingerprint, environment);
        Say($"run {directory.FullPath}, {device}, {threads} threads, tracked in {tracked.Description}");
        var results = new ExperimentResults(directory.FullPath, labelled?.Info.LabelNames ?? [])
        {
            Conditions = new RunConditions(device.ToString(), threads, config.Deterministic, RunOpening.ChangesOf(directory)),
        };
        try
        {
            var stages = new StageRunner(config, directory, tracked, factory, device, threads, identity, budget, DataServices.Of(config, options.Out), environment, options.Json, pretraining, labelled);
            foreach (StagePlan stage in plan) stages.Run(stage, results, cancel);
            directory.Write("results.json", results.ToJson().ToJsonString(DiagnosticOutput.Indented));
            tracked.Finish(results, environment.Clock.GetUtcNow());
        }
        catch (Exception error)
        {
            tracked.Fail(killed: error is OperationCanceledException);
            directory.AppendLine("log.txt", $"{environment.Clock.GetUtcNow():O} {error.GetType().Name}: {error.Message}");
            throw;
        }
        if (options.Json) environment.Output.WriteLine(results.ToJson().ToJsonString(DiagnosticOutput.Indented));
        else ResultsTable.Print(environment.Console, results);
        return results;
    }

    private Dataset CreateDataset(DataConfig data)
    {
        Dataset dataset = factory.CreateDataset(data.Dataset, message => environment.Error.WriteLine($"warning: {message}"));
        SplitCheck.Check(dataset);
        return dataset;
    }

    private void Say(string message)
    {
        if (!options.Json) environment.Output.WriteLine(message);
    }
}
