using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Analysis;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using TorchSharp;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae analyze MODEL...</c>: measures what encoders have learned.</summary>
internal static class AnalyzeCommand
{
    private const string Splits = "training, validation or test.";

    public static Command Create(HostEnvironment environment)
    {
        var models = new Argument<string[]>("MODEL") { Description = "Run directory (its pre-training is taken), folder of a stage, or checkpoint. LABEL=PATH gives it a name in tables.", Arity = ArgumentArity.OneOrMore };
        var what = new Option<string>("--what") { Description = "Analysis to run. probe: predict the organs in a patch from its frozen token, by ridge regression and k nearest neighbours.", DefaultValueFactory = _ => "probe" };
        what.AcceptOnlyFromAmong("probe");
        var fit = new Option<string>("--fit-split") { Description = "Split whose labelled cases the probe is fitted on: " + Splits, DefaultValueFactory = _ => "training" };
        fit.AcceptOnlyFromAmong("training", "validation", "test");
        var split = new Option<string>("--split") { Description = "Split whose labelled cases are scored: " + Splits, DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("training", "validation", "test");
        var cases = new Option<int>("--fit-cases") { Description = "Number of cases to fit on, from the start of the split; 0 for all.", HelpName = "N" };
        var crops = new Option<int>("--crops") { Description = "Crops per case, drawn around labelled voxels.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var seed = new Option<int>("--seed") { Description = "Seed of the crops.", HelpName = "N" };
        var layers = new Option<string>("--layers") { Description = "Encoder blocks to probe, counted from zero. The tokens after the final norm are always probed.", HelpName = "LIST", DefaultValueFactory = _ => "3,6,9" };
        var untrained = new Option<int>("--untrained") { Description = "Number of untrained encoders (seeds 0 to N - 1) to compare with.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var output = new Option<string?>("--out") { Description = "Folder for analysis.json; default: nothing is written.", HelpName = "DIR" };
        Option<string?> device = CommonOptions.Device();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("analyze", "Measure what encoders have learned: probe the frozen tokens of several checkpoints on the same crops, in closed form.")
        {
            models, what, fit, cases, split, crops, seed, layers, untrained, output, device, json,
        };
        command.Validators.Add(result =>
        {
            // The parser has not filled in defaults yet.
            if (result.GetResult(crops) is { Implicit: false } && result.GetValue(crops) < 1) result.AddError("--crops must be at least 1.");
            if (result.GetValue(cases) < 0 || result.GetValue(untrained) < 0) result.AddError("--fit-cases and --untrained must be at least 0.");
            if ((result.GetValue(fit) ?? "training") == (result.GetValue(split) ?? "test")) result.AddError("--fit-split and --split must differ: a probe is scored on cases that it was not fitted on.");
            if (result.GetValue(layers) is { } list && Blocks(list) is null) result.AddError("--layers must list block numbers, such as 3,6,9.");
        });
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            environment,
            new ProbeRequest(
                parsed.GetValue(models)!, SplitOf(parsed.GetValue(fit)!), parsed.GetValue(cases), SplitOf(parsed.GetValue(split)!), Blocks(parsed.GetValue(layers)!)!, parsed.GetValue(crops),
                parsed.GetValue(seed), parsed.GetValue(untrained), parsed.GetValue(output)),
            parsed.GetValue(device), parsed.GetValue(json), cancel)));
        return command;
    }

    private static int Run(HostEnvironment environment, ProbeRequest request, string? deviceName, bool json, CancellationToken cancel)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs.PluginsDirectory);
        AnalyzedModel[] models = [.. request.Models.Select(model => AnalyzedModel.Open(model, environment.Runs, catalog))];
        torch.Device device = DeviceChoice.Prepare(deviceName ?? models[0].Config.Device, environment.Runs.GetVariable);
        int threads = Compute.Prepare(models[0].Config);
        (IReadOnlyList<ProbedModel> Results, DatasetInfo Info)? probed = null;
        ConsoleProgress.Run(environment, json, "probe", progress => probed = new ProbeAnalysis(catalog, progress, environment.Error.WriteLine, environment.Runs.Clock).Run(request, models, device, threads, cancel));
        (IReadOnlyList<ProbedModel> results, DatasetInfo info) = probed!.Value;
        JsonObject document = ProbeJson.ToJson(results, request, info.LabelNames);
        if (request.Out is { } folder)
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, "analysis.json");
            File.WriteAllText(path + ".tmp", document.ToJsonString(JsonOptions.Indented));
            File.Move(path + ".tmp", path, overwrite: true);
        }
        if (json) environment.Output.WriteLine(document.ToJsonString(JsonOptions.Indented));
        else ProbeTable.Print(environment.Console, results, request);
        return ExitCodes.Done;
    }

    private static DatasetSplit SplitOf(string name) => Enum.Parse<DatasetSplit>(name, ignoreCase: true);

    private static int[]? Blocks(string list)
    {
        string[] parts = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.All(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture)).Distinct().Order()]
            : null;
    }
}
