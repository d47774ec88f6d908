using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae validate FILE...</c>: reports every error of every file, without loading libtorch.</summary>
internal static class ValidateCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var files = new Argument<string[]>("FILE") { Description = "Experiment files (.toml).", Arity = ArgumentArity.OneOrMore };
        Option<string[]> set = CommonOptions.Set();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("validate", "Check experiment files and report every error with file, line and column.") { files, set, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(files)!, parsed.GetValue(set) ?? [], parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string[] files, string[] overrides, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs.PluginsDirectory);
        var loader = new ExperimentLoader(catalog, environment.Runs.GetVariable);
        bool failed = false;
        var report = new JsonArray();
        foreach (string file in files)
        {
            LoadedFile loaded = loader.Load(file, overrides);
            string? tracking = loaded.IsValid ? TrackingFault(environment, loaded) : null;
            failed |= !loaded.IsValid || tracking is not null;
            if (json)
            {
                report.Add(new JsonObject
                {
                    ["file"] = file,
                    ["valid"] = loaded.IsValid && tracking is null,
                    ["tracking_error"] = tracking,
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
            else if (loaded.IsValid) environment.Output.WriteLine($"{file}: valid{What(loaded)}");
        }
        if (json) environment.Output.WriteLine(report.ToJsonString(JsonOptions.Indented));
        return failed ? ExitCodes.BadUsage : ExitCodes.Done;
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
