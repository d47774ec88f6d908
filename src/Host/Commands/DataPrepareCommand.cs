using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Inspection;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae data prepare FILE</c>: fills the disk cache with every case that an experiment uses. Existing entries are kept; broken cases are named.</summary>
internal static class DataPrepareCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml), with or without a [sweep]." };
        Option<string[]> set = CommonOptions.Set();
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("prepare", "Prepare every case that an experiment uses, in parallel. Continues where it was stopped. Exit code 3 if a case is broken.") { file, set, output, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(file)!, parsed.GetValue(set) ?? [], parsed.GetValue(output)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string file, string[] overrides, string output, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        LoadedFile loaded = new ExperimentLoader(catalog, environment.Runs.GetVariable).LoadWhole(file, overrides);
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
                foreach (PreparedStage stage in Stages(environment, experiment.Config, factory, stop.Token))
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
            environment.Error.WriteLine("interrupted; the prepared cases are kept, and the same command continues from there.");
            return ExitCodes.Interrupted;
        }
        if (json) environment.Output.WriteLine(report.ToJsonString(JsonOptions.Indented));
        return broken == 0 ? ExitCodes.Done : ExitCodes.BadData;
    }

    private static IEnumerable<PreparedStage> Stages(HostEnvironment environment, ExperimentConfig config, ComponentFactory factory, CancellationToken cancel)
    {
        if (config.Cache.Store == CacheKind.Memory) throw new UserException("[cache] store = \"memory\" keeps no prepared cases on disk, so there is nothing to prepare; set store = \"disk\".");
        if (config.Pretrain is { } pretrain)
        {
            Dataset dataset = RunDatasets.Open(pretrain.Data, factory, Warn, cancel);
            yield return new PreparedStage(StageKind.Pretrain, dataset.Info, CasePreparer.ForTraining(pretrain.Data, dataset.Info, withLabels: false), StageData.PretrainingCases(dataset, pretrain.Data));
        }
        if (config.Finetune is { } finetune)
        {
            Dataset dataset = RunDatasets.Open(finetune.Data, factory, Warn, cancel);
            yield return new PreparedStage(StageKind.Finetune, dataset.Info, CasePreparer.ForTraining(finetune.Data, dataset.Info, withLabels: true), StageData.LabelledCases(dataset, finetune));
            // Cases that are segmented as a whole are not cropped to their foreground, so they have different cache entries.
            IReadOnlyList<DatasetCase> whole = StageData.EvaluatedCases(dataset, config);
            if (whole.Count > 0) yield return new PreparedStage(StageKind.Evaluate, dataset.Info, CasePreparer.ForEvaluation(finetune.Data, dataset.Info), whole);
        }

        void Warn(string message) => environment.Error.WriteLine($"warning: {message}");
    }

    private static JsonObject Prepare(HostEnvironment environment, ExperimentConfig config, PreparedStage stage, string output, bool quiet, CancellationToken cancel)
    {
        DataServices services = DataServices.Of(config, output);
        var cache = (DiskCache)services.OpenCache(environment.Runs.Clock, message => environment.Error.WriteLine(message));
        var preparation = new ParallelPreparation(stage.Preparer, cache, services.Loader);
        string name = Stage.NameOf(stage.Kind);
        IReadOnlyList<BrokenCase> broken = [];
        var warnings = new List<string>();
        HeaderCheck.Warn(stage.Cases, warnings.Add, cancel);
        ConsoleProgress.Run(environment, quiet, $"prepare {name}", progress =>
        {
            long start = environment.Runs.Clock.GetTimestamp();
            (PreparedCase?[] prepared, broken) = preparation.Run(stage.Cases, (done, id, _) =>
            {
                TimeSpan elapsed = environment.Runs.Clock.GetElapsedTime(start);
                progress.Report(done, stage.Cases.Count, id, elapsed / done * (stage.Cases.Count - done));
            }, cancel);
            (DatasetCase Case, CaseFindings Findings)[] findings = [.. stage.Cases.Zip(prepared).Where(entry => entry.Second is not null).Select(entry => (entry.First, entry.Second!.Findings))];
            warnings.AddRange(stage.Kind == StageKind.Evaluate ? findings.SelectMany(one => one.Findings.Notes) : TrainingWarnings.Of(findings, stage.Info));
            foreach (PreparedCase? one in prepared) one?.Dispose();
        });
        foreach (string warning in warnings) environment.Error.WriteLine($"warning: {warning}");
        foreach (BrokenCase one in broken) environment.Error.WriteLine($"broken: {one.Id}: {one.Reason}");
        if (!quiet)
        {
            environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {stage.Cases.Count - broken.Count} of {stage.Cases.Count} cases in '{cache.Folder}', {cache.Written} of them new; {cache.Used / 1e9:F2} GB of {config.Cache.Limit} used"));
        }
        return new JsonObject
        {
            ["stage"] = name,
            ["cache"] = cache.Folder,
            ["cases"] = stage.Cases.Count,
            ["new"] = cache.Written,
            ["bytes"] = cache.Used,
            ["warnings"] = new JsonArray([.. warnings.Select(warning => (JsonNode)warning)]),
            ["broken"] = new JsonArray([.. broken.Select(one => (JsonNode)new JsonObject { ["case"] = one.Id, ["reason"] = one.Reason })]),
        };
    }

    private sealed record PreparedStage(StageKind Kind, DatasetInfo Info, CasePreparer Preparer, IReadOnlyList<DatasetCase> Cases);
}
