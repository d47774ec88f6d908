using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Host.Configuration;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae validate FILE...</c>: every error of every file, without loading libtorch.</summary>
internal static class ValidateCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var files = new Argument<string[]>("FILE") { Description = "Experiment files (.toml).", Arity = ArgumentArity.OneOrMore };
        Option<string[]> set = CommonOptions.Set();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("validate", "Check experiment files: every error at once, with file, line and column.") { files, set, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(files)!, parsed.GetValue(set) ?? [], parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string[] files, string[] overrides, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.PluginsDirectory);
        bool failed = false;
        var report = new JsonArray();
        foreach (string file in files)
        {
            LoadedExperiment loaded = ExperimentLoader.Load(file, overrides, catalog.Components, environment.GetVariable);
            failed |= loaded.Config is null;
            if (json)
            {
                report.Add(new JsonObject
                {
                    ["file"] = file,
                    ["valid"] = loaded.Config is not null,
                    ["fingerprint"] = loaded.Config is null ? null : loaded.Fingerprint,
                    ["diagnostics"] = DiagnosticOutput.ToJson(loaded.Diagnostics),
                });
                continue;
            }
            DiagnosticOutput.Print(environment, loaded.Diagnostics);
            if (loaded.Config is not null) environment.Output.WriteLine($"{file}: valid");
        }
        if (json) environment.Output.WriteLine(report.ToJsonString(DiagnosticOutput.Indented));
        return failed ? ExitCodes.BadUsage : ExitCodes.Done;
    }
}
