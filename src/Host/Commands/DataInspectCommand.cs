using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Data.Inspection;
using HiEndMae.Host.Output;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Loading;
using Spectre.Console;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae data inspect FILE</c>: prints statistics of an experiment's datasets, and every broken file. It writes nothing.</summary>
internal static class DataInspectCommand
{
    private static readonly DatasetSplit[] Pretraining = [DatasetSplit.Pretraining];
    private static readonly DatasetSplit[] Labelled = [DatasetSplit.Training, DatasetSplit.Validation, DatasetSplit.Test];

    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml), or a partial file with [datasets.NAME] tables." };
        var dataset = new Option<string?>("--dataset") { Description = "Inspect this [datasets.NAME] of the file; default: the datasets that its stages use.", HelpName = "NAME" };
        Option<string[]> set = CommonOptions.Set();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("inspect", "Print counts, shapes, spacings, intensities and labels, and every broken file with its reason. Exits with 3 if a file is broken.") { file, dataset, set, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(file)!, parsed.GetValue(dataset), parsed.GetValue(set) ?? [], parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string file, string? name, string[] overrides, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        var loader = new ExperimentLoader(catalog, environment.Runs.GetVariable);
        var wanted = new List<(string Name, DataConfig Data, DatasetSplit[] Splits)>();
        if (name is not null)
        {
            (DataConfig? data, IReadOnlyList<HiEndMae.Configuration.ConfigDiagnostic> diagnostics) = loader.LoadDataset(file, name, overrides);
            DiagnosticOutput.Print(environment, diagnostics);
            if (data is null) return ExitCodes.BadUsage;
            wanted.Add((name, data, [.. Pretraining, .. Labelled]));
        }
        else
        {
            LoadedFile loaded = loader.LoadWhole(file, overrides);
            DiagnosticOutput.Print(environment, loaded.Diagnostics);
            if (!loaded.IsValid) return ExitCodes.BadUsage;
            ExperimentConfig config = loaded.Experiments[0].Config;
            if (config.Pretrain is { } pretrain) wanted.Add(("pretrain", pretrain.Data, Pretraining));
            if (config.Finetune is { } finetune) wanted.Add(("finetune", finetune.Data, Labelled));
        }
        var factory = new ComponentFactory(catalog);
        using var stop = new StopSignal();
        int broken = 0;
        var report = new JsonObject();
        foreach ((string title, DataConfig data, DatasetSplit[] splits) in wanted)
        {
            Dataset dataset = factory.CreateDataset(data.Dataset, message => environment.Error.WriteLine($"warning: {message}"), stop.Token);
            SplitCheck.Check(dataset);
            if (Look(environment, title, dataset, data, splits, json, stop.Token) is not { } found) return ExitCodes.Interrupted;
            broken += found.Broken.Count;
            if (json) report[title] = ToJson(found, splits);
            else Print(environment, title, found, splits);
            foreach (string warning in found.Warnings) environment.Error.WriteLine($"warning: {warning}");
            foreach (CaseFacts one in found.Broken) environment.Error.WriteLine($"broken: {one.Id}: {one.Broken}");
        }
        if (json) environment.Output.WriteLine(report.ToJsonString(JsonOptions.Indented));
        return broken == 0 ? ExitCodes.Done : ExitCodes.BadData;
    }

    // Null if it was interrupted.
    private static DatasetFingerprint? Look(HostEnvironment environment, string title, Dataset dataset, DataConfig data, DatasetSplit[] splits, bool quiet, CancellationToken cancel)
    {
        DatasetFingerprint? found = null;
        try
        {
            Run();
        }
        catch (OperationCanceledException)
        {
            environment.Error.WriteLine("interrupted.");
        }
        return found;

        void Run() => ConsoleProgress.Run(environment, quiet, $"inspect {title}", progress =>
        {
            long start = environment.Runs.Clock.GetTimestamp();
            found = DatasetFingerprint.Of(dataset, data, splits, Environment.ProcessorCount, (one, done, total) =>
                progress.Report(done, total, one.Id, environment.Runs.Clock.GetElapsedTime(start) / done * (total - done)), cancel);
        });
    }

    private static void Print(HostEnvironment environment, string title, DatasetFingerprint found, DatasetSplit[] splits)
    {
        string counts = string.Join(", ", splits.Select(split => $"{found.Cases.Count(one => one.Split == split)} {Name(split)}"));
        environment.Output.WriteLine($"{title}: {found.Info.Name}, {string.Join(", ", found.Info.ChannelNames)}; cases: {counts}; broken: {found.Broken.Count}");
        if (!found.Good.Any()) return;
        Table shapes = new Table().AddColumns("", "smallest", "median", "largest");
        for (int axis = 0; axis < 3; axis++) shapes.AddRow(Row($"voxels {"xyz"[axis]}", found.Voxels(axis), "F0"));
        for (int axis = 0; axis < 3; axis++) shapes.AddRow(Row($"spacing {"xyz"[axis]}, mm", found.Spacing(axis), "F3"));
        environment.Console.Write(shapes);
        Table intensities = new Table();
        foreach (double percent in DatasetFingerprint.Percents) intensities.AddColumn(string.Create(CultureInfo.InvariantCulture, $"{percent} %"));
        intensities.AddRow([.. found.Intensities().Select(value => value.ToString("G5", CultureInfo.InvariantCulture))]);
        environment.Console.Write(intensities);
        if (found.Info.LabelNames.Count == 0 || found.Good.All(one => one.LabelMillilitres.Count == 0)) return;
        Table labels = new Table().AddColumns("class", "cases", "median, ml");
        for (int index = 1; index < found.Info.LabelNames.Count; index++)
        {
            (int cases, double median) = found.Label(index);
            labels.AddRow(Markup.Escape(found.Info.LabelNames[index]), cases.ToString(CultureInfo.InvariantCulture), cases == 0 ? "" : median.ToString("F1", CultureInfo.InvariantCulture));
        }
        environment.Console.Write(labels);

        static string[] Row(string name, (double Low, double Median, double High) range, string format) =>
            [name, .. new[] { range.Low, range.Median, range.High }.Select(value => value.ToString(format, CultureInfo.InvariantCulture))];
    }

    private static JsonObject ToJson(DatasetFingerprint found, DatasetSplit[] splits) => new()
    {
        ["dataset"] = found.Info.Name,
        ["channels"] = new JsonArray([.. found.Info.ChannelNames.Select(name => (JsonNode)name)]),
        ["cases"] = new JsonObject(splits.Select(split => KeyValuePair.Create(Name(split), (JsonNode?)found.Cases.Count(one => one.Split == split)))),
        ["voxels"] = new JsonArray([.. Enumerable.Range(0, 3).Select(axis => (JsonNode)Range(found.Voxels(axis)))]),
        ["spacing_mm"] = new JsonArray([.. Enumerable.Range(0, 3).Select(axis => (JsonNode)Range(found.Spacing(axis)))]),
        ["intensities"] = new JsonObject(DatasetFingerprint.Percents.Zip(found.Intensities(), (percent, value) => KeyValuePair.Create(percent.ToString(CultureInfo.InvariantCulture), (JsonNode?)Number(value)))),
        ["labels"] = new JsonObject(found.Info.LabelNames.Index().Skip(1).Select(label => KeyValuePair.Create(label.Item, (JsonNode?)new JsonObject
        {
            ["cases"] = found.Label(label.Index).Cases,
            ["median_ml"] = Number(found.Label(label.Index).MedianMillilitres),
        }))),
        ["warnings"] = new JsonArray([.. found.Warnings.Select(warning => (JsonNode)warning)]),
        ["broken"] = new JsonArray([.. found.Broken.Select(one => (JsonNode)new JsonObject { ["case"] = one.Id, ["reason"] = one.Broken })]),
    };

    private static JsonArray Range((double Low, double Median, double High) range) => [Number(range.Low), Number(range.Median), Number(range.High)];

    // JSON has no NaN.
    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    private static string Name(DatasetSplit split) => split.ToString().ToLowerInvariant();
}
