using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Collectives;
using HiEndMae.Host.Output;
using HiEndMae.Reports;
using HiEndMae.Reports.Figures;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Reporting;
using HiEndMae.Runs.Results;
using HiEndMae.Sweeps;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae run FILE</c>: pre-trains, fine-tunes, evaluates and tracks one experiment.</summary>
internal static class RunCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml)." };
        Option<string[]> set = CommonOptions.Set();
        Option<string?> device = CommonOptions.Device();
        Option<string> output = CommonOptions.Out();
        Option<bool> resume = CommonOptions.Resume();
        var accept = new Option<bool>("--accept-changes") { Description = "With --resume: continue even if keys that can change results were changed." };
        Option<bool> acceptPlugins = CommonOptions.AcceptPluginChanges("With --resume: continue a run that was started with other builds of its plugins, or with other numerics of this program. The results say so.");
        Option<bool> json = CommonOptions.Json();
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the resolved config and the plan; write nothing." };
        var job = new Option<bool>("--job") { Description = "Run as a job of a sweep: alone in its folder, and until the sweep ends.", Hidden = true };
        var command = new Command("run", "Pre-train, fine-tune, evaluate and track one experiment.") { file, set, device, output, resume, accept, acceptPlugins, dryRun, json, job };
        command.SetAction((parsed, _) =>
        {
            var options = new RunOptions(
                parsed.GetValue(output)!, parsed.GetValue(device), parsed.GetValue(resume), parsed.GetValue(dryRun), parsed.GetValue(json),
                parsed.GetValue(accept) ? ChangedConfig.Accept : ChangedConfig.Refuse, parsed.GetValue(acceptPlugins), parsed.GetValue(job));
            return Task.FromResult(Execute(environment, parsed.GetValue(file)!, parsed.GetValue(set) ?? [], options));
        });
        return command;
    }

    /// <summary>Runs one experiment file with overrides. A sweep starts each of its jobs this way.</summary>
    public static int Execute(HostEnvironment environment, string file, IReadOnlyList<string> overrides, RunOptions options)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        LoadedFile loaded = new ExperimentLoader(catalog, environment.Runs.GetVariable).LoadOne(file, overrides);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        LoadedExperiment experiment = loaded.Experiments[0];
        if (options.DryRun)
        {
            DryRun.Print(environment, experiment, catalog, options);
            return ExitCodes.Done;
        }
        using var stop = new StopSignal();
        ProcessPlace place = ProcessPlace.Of(environment.Runs.GetVariable);
        IProcessGroup group = ProcessGroups.Join(place, Path.Combine(options.Out, ".ranks"), environment.Runs.GetVariable);
        using JobGuard? guard = options.IsJob && group.IsFirst() ? JobGuard.Enter(options.Out, Console.OpenStandardInput(), stop.Request, stop.Token) : null;
        // Another process may have finished the stage while this one waited for the lock.
        if (options.IsJob && group.Any(group.IsFirst() && StageStore.FinishedRun(options.Out) is not null)) return ExitCodes.Done;
        IRunReporter reporter = group.IsFirst() ? new ConsoleReporter(environment, options.Json) : new RankReporter(environment, group.Rank);
        RunEnvironment machine = environment.Runs with { Group = group, LocalProcesses = place.LocalSize };
        Together(group, () => new ExperimentRunner(machine, reporter, new FigureWriter(), new ResultsPage(catalog, environment.Runs.Clock), catalog, options).Run(experiment, Show, stop.Token));
        return ExitCodes.Done;

        void Show(ExperimentResults results)
        {
            if (!group.IsFirst()) return;
            if (options.Json)
            {
                JsonObject json = results.ToJson();
                json["folder"] = results.Folder;
                environment.Output.WriteLine(json.ToJsonString(JsonOptions.Indented));
            }
            else ResultsTable.Print(environment.Console, results);
        }
    }

    // If all ranks finish or stop together, they leave together. If a rank fails, it ends at once, and the launcher and PeerWatch end the others.
    private static void Together(IProcessGroup group, Action run)
    {
        try
        {
            run();
            group.Dispose();
        }
        catch (OperationCanceledException)
        {
            group.Dispose();
            throw;
        }
    }
}
