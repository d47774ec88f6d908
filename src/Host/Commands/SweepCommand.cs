using System.CommandLine;
using System.CommandLine.Parsing;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Host.Output;
using HiEndMae.Reports;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Tracking;
using HiEndMae.Sweeps;
using HiEndMae.Sweeps.Simulation;
using HiEndMae.Sweeps.Slurm;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae sweep FILE</c>: runs every combination of the file's [sweep]. A stage that several combinations need runs once.</summary>
internal static class SweepCommand
{
    private const string Local = "local", Slurm = "slurm";

    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml) with a [sweep] table." };
        Option<string[]> set = CommonOptions.Set();
        Option<string> output = CommonOptions.Out();
        Option<bool> json = CommonOptions.Json();
        var launcher = new Option<string>("--launcher") { Description = "Where stages run: local, as processes of this machine; or slurm, as jobs of a cluster. [slurm] of the file has the options of the jobs.", HelpName = "NAME", DefaultValueFactory = _ => Local };
        launcher.AcceptOnlyFromAmong(Local, Slurm);
        var wait = new Option<bool>("--wait") { Description = "With --launcher slurm: stay until every job has ended, and submit lost ones again." };
        var status = new Option<bool>("--status") { Description = "Print the state of every stage, its job and its log; write nothing." };
        var jobs = new Option<int?>("--jobs") { Description = "Number of stages that run at the same time. Local: processes, which share the cores; default: 1. SLURM: elements of each job array; default: no limit.", HelpName = "N" };
        var devices = new Option<string[]>("--devices") { Description = "Devices that local jobs use in turn, such as cuda:0 cuda:1; default: the device of the file.", HelpName = "DEVICE", AllowMultipleArgumentsPerToken = true };
        var retry = new Option<bool>("--retry-failed") { Description = "Run the stages again that failed last time." };
        Option<bool> accept = CommonOptions.AcceptPluginChanges("Also use finished stages that were computed with other builds of their plugins, or with other numerics of this program. The results say so.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the stages, which of them are finished, and the cost of the others; write nothing." };
        var simulate = new Option<string?>("--simulate") { Description = $"With --dry-run: simulate the sweep on the cluster that the keys describe, such as nodes=4,gpus=8,mtbf=200h. Keys: {ClusterModel.Keys}.", HelpName = "KEY=VALUE,..." };
        var command = new Command("sweep", "Run every combination of the [sweep] table. A stage that several combinations need runs once. Run the command again to continue.")
        {
            file, set, output, launcher, wait, status, jobs, devices, retry, accept, dryRun, simulate, json,
        };
        command.Validators.Add(result =>
        {
            bool isSlurm = result.GetValue(launcher) == Slurm;
            if (result.GetValue(jobs) < 1) result.AddError("--jobs must be at least 1.");
            if (result.GetValue(wait) && !isSlurm) result.AddError("--wait needs --launcher slurm; a local sweep always waits for its jobs.");
            if (isSlurm && Given(result, devices)) result.AddError("--devices has no effect with --launcher slurm: the cluster gives a job its GPUs. Ask for them by gres in [slurm].");
            if (result.GetValue(simulate) is not null && !result.GetValue(dryRun)) result.AddError("--simulate needs --dry-run: nothing is run.");
        });
        command.SetAction((parsed, _) =>
        {
            var options = new SweepOptions(
                parsed.GetValue(file)!, parsed.GetValue(output)!, parsed.GetValue(jobs) ?? 1, parsed.GetValue(devices) ?? [], parsed.GetValue(retry), parsed.GetValue(accept), parsed.GetValue(dryRun), parsed.GetValue(json))
            {
                IsSlurm = parsed.GetValue(launcher) == Slurm,
                ArrayLimit = parsed.GetValue(jobs) ?? 0,
                Wait = parsed.GetValue(wait),
                Status = parsed.GetValue(status),
                Simulate = parsed.GetValue(simulate),
            };
            return RunAsync(environment, parsed.GetValue(set) ?? [], options);
        });
        return command;
    }

    private static async Task<int> RunAsync(HostEnvironment environment, string[] overrides, SweepOptions options)
    {
        ClusterModel? model = options.Simulate is { } text ? ClusterModel.Parse(text) : null;
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        // Every combination is checked before the first one runs.
        LoadedFile loaded = new ExperimentLoader(catalog, environment.Runs.GetVariable).LoadSweep(options.File, overrides);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        ExperimentConfig first = loaded.Experiments[0].Config;
        SweepGraph graph = SweepGraph.Of(loaded.Experiments, catalog);
        var store = new StageStore(options.Out, options.AcceptPluginChanges);
        if (options.Status)
        {
            SweepStatusPrinter.Print(environment, graph, store, options.Json);
            return ExitCodes.Done;
        }
        if (options.DryRun)
        {
            if (model is null) SweepPlanPrinter.Print(environment, graph, store, options.Jobs, options.Json);
            else SimulationPrinter.Print(environment, model, SweepSimulation.Run(model, SweepEstimate.Of(graph, store)), options.Json);
            return ExitCodes.Done;
        }
        TrackingSettings? tracking = TrackingSettings.Of(first, options.Out, environment.Runs.GetVariable);
        using var stop = new StopSignal();
        // Every model of the sweep is built and tried before its first stage starts.
        Rehearsal.RunAll(loaded.Experiments, catalog, options.Devices.Count > 0 ? options.Devices[0] : null, environment.Runs.GetVariable, sentence => environment.Error.WriteLine($"warning: {sentence}"), stop.Token);
        var reporter = new ConsoleSweepReporter(environment, graph, store, options);
        ISweepLauncher launcher = options.IsSlurm
            ? new SlurmLauncher(environment.Runs, store, first.Slurm ?? new SlurmConfig(), options.ArrayLimit, options.Wait, reporter.Say)
            : new LocalLauncher(environment.Runs, store, options.Jobs, options.Devices, reporter.Warn);
        SweepOutcome outcome = await new SweepRunner(
            environment.Runs, options, graph, store, tracking, launcher, reporter, new ResultsPage(catalog, environment.Runs.Clock)).RunAsync(stop.Token);
        // Stages that still wait or run in a queue do not count as a failure. A failed stage does, immediately.
        bool hasFailed = graph.Stages.Any(stage => store.StatusOf(stage) == StageStatus.Failed);
        return outcome.IsComplete || (outcome.UnderWay > 0 && !hasFailed) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static bool Given(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };
}
