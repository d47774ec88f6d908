using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Analysis;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae data places FILE</c>: writes the places that a pretext task such as transvw cuts its crops from.</summary>
internal static class DataPlacesCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml) whose [pretrain] will use the places. If it has a [sweep], the first combination is used." };
        var model = new Option<string>("--model") { Description = "Run of an auto-encoder that was pre-trained on whole cases ([pretrain.data] resize), or one of its checkpoints.", Required = true };
        var places = new Option<string>("--places") { Description = "The JSON file to write.", DefaultValueFactory = _ => "words.json" };
        var seed = new Option<int>("--seed") { Description = "Seed of all draws. Default: 0." };
        var device = new Option<string?>("--device") { Description = "cpu, cuda or cuda:N. Default: the experiment's." };
        Option<string[]> set = CommonOptions.Set();
        var command = new Command("places", "Choose the places that a pretext task cuts its crops from, by comparing whole cases with a trained encoder.") { file, model, places, seed, device, set };
        command.SetAction(parsed => Run(environment, parsed.GetValue(file)!, parsed.GetValue(model)!, parsed.GetValue(places)!, parsed.GetValue(seed), parsed.GetValue(device), parsed.GetValue(set) ?? []));
        return command;
    }

    private static int Run(HostEnvironment environment, string file, string model, string path, int seed, string? device, string[] overrides)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        LoadedFile loaded = new ExperimentLoader(catalog, environment.Runs.GetVariable).LoadWhole(file, overrides);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        ExperimentConfig config = loaded.Experiments[0].Config;
        if (config.Pretrain is not { } pretrain) throw new UserException($"'{file}' has no [pretrain], so nothing would use the places.");
        using var stop = new StopSignal();
        var factory = new ComponentFactory(catalog);
        Dataset dataset = RunDatasets.Open(pretrain.Data, factory, message => environment.Error.WriteLine($"warning: {message}"), stop.Token);
        AnalyzedModel described = AnalyzedModel.Open(model, environment.Runs, catalog);
        IReadOnlyList<CropPlace> places = [];
        ConsoleProgress.Run(environment, false, "compare cases", progress =>
        {
            var context = new StageContext(seed, DeviceChoice.Prepare(device ?? config.Device, environment.Runs.GetVariable), DataServices.Of(config, described.Runs), new ProgressOnly(progress, environment.Error.WriteLine), environment.Runs.Clock);
            places = new PlaceSearch(pretrain, dataset, described, factory, context).Run((ulong)seed, stop.Token);
        });
        AtomicFile.WriteText(Path.GetFullPath(path), Json(places).ToJsonString(JsonOptions.Indented));
        environment.Output.WriteLine($"{places.Count} places of {places.Select(place => place.Class).Distinct().Count()} classes in {places.Select(place => place.Case).Distinct().Count()} cases: '{path}'. Name it in [pretrain.decoder].");
        return ExitCodes.Done;
    }

    private static JsonObject Json(IReadOnlyList<CropPlace> places) => new()
    {
        ["places"] = new JsonArray([.. places.Select(place => (JsonNode)new JsonObject
        {
            ["case"] = place.Case,
            ["class"] = place.Class,
            ["start"] = new JsonArray(place.Start.X, place.Start.Y, place.Start.Z),
            ["size"] = new JsonArray(place.Size.X, place.Size.Y, place.Size.Z),
        })]),
    };
}
