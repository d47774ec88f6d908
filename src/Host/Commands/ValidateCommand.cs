using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Imaging;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae validate FILE...</c>: reports every error of every file. Only <c>--build</c> opens datasets and loads libtorch.</summary>
internal static class ValidateCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var files = new Argument<string[]>("FILE") { Description = "Experiment files (.toml).", Arity = ArgumentArity.OneOrMore };
        Option<string[]> set = CommonOptions.Set();
        var build = new Option<bool>("--build") { Description = "Also open the datasets, build every model, and run one forward and backward pass of each on random crops." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("validate", "Check experiment files and report every error with file, line and column.") { files, set, build, json };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(environment, parsed.GetValue(files)!, parsed.GetValue(set) ?? [], parsed.GetValue(build), parsed.GetValue(json), cancel)));
        return command;
    }

    private static int Run(HostEnvironment environment, string[] files, string[] overrides, bool build, bool json, CancellationToken cancel)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        var loader = new ExperimentLoader(catalog, environment.Runs.GetVariable);
        bool failed = false;
        var report = new JsonArray();
        foreach (string file in files)
        {
            LoadedFile loaded = loader.Load(file, overrides);
            string? tracking = loaded.IsValid ? TrackingFault(environment, loaded) : null;
            string? building = build && loaded.IsValid ? BuildFault(environment, catalog, loaded, cancel) : null;
            failed |= !loaded.IsValid || tracking is not null || building is not null;
            if (json)
            {
                report.Add(new JsonObject
                {
                    ["file"] = file,
                    ["valid"] = loaded.IsValid && tracking is null && building is null,
                    ["tracking_error"] = tracking,
                    ["build_error"] = building,
                    ["part"] = loaded.IsPart,
                    ["fingerprint"] = loaded is { IsSweep: false, Experiments.Count: 1 } ? loaded.Experiments[0].Fingerprint : null,
                    ["combinations"] = loaded.IsSweep
                        ? new JsonArray([.. loaded.Experiments.Select(one => (JsonNode)new JsonObject { ["label"] = one.Label, ["fingerprint"] = one.Fingerprint })])
                        : null,
                    ["diagnostics"] = DiagnosticOutput.ToJson(loaded.Diagnostics),
                });
                continue;
            }
            DiagnosticOutput.Print(environment, loaded.Diagnostics);
            if (tracking is not null) environment.Error.WriteLine($"{file}: error: {tracking}");
            if (building is not null) environment.Error.WriteLine($"{file}: error: {building}");
            if (loaded.IsValid && tracking is null && building is null) environment.Output.WriteLine($"{file}: valid{What(loaded)}");
        }
        if (json) environment.Output.WriteLine(report.ToJsonString(JsonOptions.Indented));
        return failed ? ExitCodes.BadUsage : ExitCodes.Done;
    }

    private static string? BuildFault(HostEnvironment environment, PluginCatalog catalog, LoadedFile loaded, CancellationToken cancel)
    {
        try
        {
            Rehearsal.RunAll(loaded.Experiments, catalog, null, environment.Runs.GetVariable, sentence => environment.Error.WriteLine($"warning: {sentence}"), cancel);
            return null;
        }
        catch (Exception error) when (error is PluginException or UserException or VolumeException or MemoryLimitException)
        {
            return error.Message;
        }
    }

    // A wrong tracking variable has no position in the file.
    private static string? TrackingFault(HostEnvironment environment, LoadedFile loaded)
    {
        try
        {
            foreach (LoadedExperiment experiment in loaded.Experiments) TrackingSettings.Of(experiment.Config, ".", environment.Runs.GetVariable);
            return null;
        }
        catch (UserException error)
        {
            return error.Message;
        }
    }

    private static string What(LoadedFile loaded) => loaded switch
    {
        { IsPart: true } => " (a partial file, to be extended)",
        { IsSweep: true } => $" ({loaded.Experiments.Count} combinations)",
        _ => "",
    };
}
