using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Stages;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae data prepare FILE</c>: fills the disk cache with every case that an experiment trains on. What is there already is left; broken cases are named.</summary>
internal static class DataPrepareCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml), with or without a [sweep]." };
        Option<string[]> set = CommonOptions.Set();
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("prepare", "Prepare every case that an experiment trains on, in parallel; going on where it was stopped. Exit 3 where a case is broken.") { file, set, output, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(file)!, parsed.GetValue(set) ?? [], parsed.GetValue(output)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string file, string[] overrides, string output, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs.PluginsDirectory);
        LoadedFile loaded = new ExperimentLoader(catalog.Components, environment.Runs.GetVariable).LoadWhole(file, overrides);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        var factory = new ComponentFactory(catalog);
        using var stop = new StopSignal();
        int broken = 0;
        var report = new JsonArray();
        try
        {
            // The combinations of a sweep mostly train on the same cases, which are prepared once.
            foreach (LoadedExperiment experiment in loaded.Experiments)
            {
                foreach (PreparedStage stage in Stages(environment, experiment.Config, factory))
                {
                    JsonObject result = Prepare(environment, experiment.Config, stage, output, json, stop.Token);
                    result["combination"] = experiment.Label;
                    broken += result["broken"]!.AsArray().Count;
                    report.Add(result);
                }
            }
        }
        catch (OperationCanceledException)
        {
            environment.Error.WriteLine("interrupted; what was prepared is kept, and the same command goes on from there.");
            return ExitCodes.Interrupted;
        }
        if (json) environment.Output.WriteLine(report.ToJsonString(JsonOptions.Indented));
        return broken == 0 ? ExitCodes.Done : ExitCodes.BadData;
    }

    private static IEnumerable<PreparedStage> Stages(HostEnvironment environment, ExperimentConfig config, ComponentFactory factory)
    {
        if (config.Cache.Store == CacheStore.Memory) throw new PluginException("The experiment keeps prepared cases in memory ([cache] store = \"memory\"): there is nothing to prepare beforehand.");
        if (config.Pretrain is { } pretrain)
        {
            Dataset dataset = Open(pretrain.Data);
            yield return new PreparedStage("pretrain", pretrain.Data, dataset.Info, StageData.PretrainingCases(dataset, pretrain.Data), false);
        }
        if (config.Finetune is { } finetune)
        {
            Dataset dataset = Open(finetune.Data);
            yield return new PreparedStage("finetune", finetune.Data, dataset.Info, StageData.LabelledCases(dataset, finetune), true);
        }

        Dataset Open(DataConfig data)
        {
            Dataset dataset = factory.CreateDataset(data.Dataset, message => environment.Error.WriteLine($"warning: {message}"));
            SplitCheck.Check(dataset);
            return dataset;
        }
    }

    private static JsonObject Prepare(HostEnvironment environment, ExperimentConfig config, PreparedStage stage, string output, bool quiet, CancellationToken cancel)
    {
        DataServices services = DataServices.Of(config, output);
        var storage = (DiskStorage)services.OpenStorage(environment.Runs.Clock, message => environment.Error.WriteLine(message));
        CasePreparation preparation = StageData.Preparation(stage.Data, stage.Info, stage.WithLabels, storage, services.Loader);
        IReadOnlyList<BrokenCase> broken = [];
        ConsoleProgress.Run(environment, quiet, $"prepare {stage.Name}", progress =>
        {
            long start = environment.Runs.Clock.GetTimestamp();
            (StoredCase?[] stored, broken) = preparation.Run(stage.Cases, (done, id, _) =>
            {
                TimeSpan elapsed = environment.Runs.Clock.GetElapsedTime(start);
                progress.Report(done, stage.Cases.Count, id, elapsed / done * (stage.Cases.Count - done));
            }, cancel);
            foreach (StoredCase? one in stored) one?.Dispose();
        });
        foreach (BrokenCase one in broken) environment.Error.WriteLine($"broken: {one.Id}: {one.Reason}");
        if (!quiet)
        {
            environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{stage.Name}: {stage.Cases.Count - broken.Count} of {stage.Cases.Count} cases in '{storage.Folder}', {storage.Written} of them new; {storage.Used / 1e9:F2} GB of {config.Cache.Limit} used"));
        }
        return new JsonObject
        {
            ["stage"] = stage.Name,
            ["cache"] = storage.Folder,
            ["cases"] = stage.Cases.Count,
            ["new"] = storage.Written,
            ["bytes"] = storage.Used,
            ["broken"] = new JsonArray([.. broken.Select(one => (JsonNode)new JsonObject { ["case"] = one.Id, ["reason"] = one.Reason })]),
        };
    }

    private sealed record PreparedStage(string Name, DataConfig Data, DatasetInfo Info, IReadOnlyList<DatasetCase> Cases, bool WithLabels);
}
