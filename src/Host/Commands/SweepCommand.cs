using System.CommandLine;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Reports;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Tracking;
using HiEndMae.Sweeps;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae sweep FILE</c>: runs every combination of the file's [sweep]. A stage that several combinations need runs once.</summary>
internal static class SweepCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml) with a [sweep] table." };
        Option<string[]> set = CommonOptions.Set();
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        var jobs = new Option<int>("--jobs") { Description = "Number of stages that run at the same time, each in its own process. They share the cores.", HelpName = "N", DefaultValueFactory = _ => 1 };
        jobs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--jobs must be at least 1.");
        });
        var devices = new Option<string[]>("--devices") { Description = "Devices that the jobs use in turn, such as cuda:0 cuda:1; default: the device of the file.", HelpName = "DEVICE", AllowMultipleArgumentsPerToken = true };
        var retry = new Option<bool>("--retry-failed") { Description = "Run stages again that failed last time." };
        Option<bool> accept = CommonOptions.AcceptPluginChanges("Use finished stages that other builds of their plugins or of this program's numerics computed. The results say so.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the stages, which of them are finished, and the cost of the others; write nothing." };
        var command = new Command("sweep", "Run every combination of the [sweep] table. A stage that several combinations need runs once. Run the command again to continue.")
        {
            file, set, output, jobs, devices, retry, accept, dryRun, json,
        };
        command.SetAction((parsed, _) =>
        {
            var options = new SweepOptions(
                parsed.GetValue(file)!, parsed.GetValue(output)!, parsed.GetValue(jobs), parsed.GetValue(devices) ?? [], parsed.GetValue(retry), parsed.GetValue(accept), parsed.GetValue(dryRun), parsed.GetValue(json));
            return RunAsync(environment, parsed.GetValue(set) ?? [], options);
        });
        return command;
    }

    private static async Task<int> RunAsync(HostEnvironment environment, string[] overrides, SweepOptions options)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs.PluginsDirectory);
        // Every combination is checked before the first one runs.
        LoadedFile loaded = new ExperimentLoader(catalog, environment.Runs.GetVariable).LoadSweep(options.File, overrides);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        TrackingSettings? tracking = TrackingSettings.Of(loaded.Experiments[0].Config, options.Out, environment.Runs.GetVariable);
        using var stop = new StopSignal();
        SweepGraph graph = SweepGraph.Of(loaded.Experiments, catalog);
        var store = new StageStore(options.Out, options.AcceptPluginChanges);
        if (options.DryRun)
        {
            SweepPlanPrinter.Print(environment, graph, store, options.Jobs, options.Json);
            return ExitCodes.Done;
        }
        // Every model of the sweep is built and tried before its first stage starts.
        Rehearsal.RunAll(loaded.Experiments, catalog, options.Devices.Count > 0 ? options.Devices[0] : null, environment.Runs.GetVariable, sentence => environment.Error.WriteLine($"warning: {sentence}"), stop.Token);
        SweepOutcome outcome = await new SweepRunner(
            environment.Runs, options, graph, store, tracking, new ConsoleSweepReporter(environment, graph, store, options), new ResultsPage(catalog, environment.Runs.Clock)).RunAsync(stop.Token);
        return outcome.IsComplete ? ExitCodes.Done : ExitCodes.Failed;
    }
}
