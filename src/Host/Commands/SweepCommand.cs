using System.CommandLine;
using HiEndMae.Host.Configuration;
using HiEndMae.Host.Running;
using Spectre.Console;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae sweep FILE</c>: every combination of the file's [sweep], one run after another.</summary>
internal static class SweepCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml) with a [sweep] table." };
        Option<string[]> set = CommonOptions.Set();
        Option<string?> device = CommonOptions.Device();
        Option<string> output = CommonOptions.Out();
        Option<bool> resume = CommonOptions.Resume();
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the combinations; touch nothing." };
        var command = new Command("sweep", "Run every combination of the [sweep] table, one after another.") { file, set, device, output, resume, dryRun };
        command.SetAction((parsed, _) =>
        {
            var options = new RunOptions(parsed.GetValue(output)!, parsed.GetValue(device), parsed.GetValue(resume), parsed.GetValue(dryRun), Json: false, ChangedConfig.StartNew);
            return Task.FromResult(Run(environment, parsed.GetValue(file)!, parsed.GetValue(set) ?? [], options));
        });
        return command;
    }

    private static int Run(HostEnvironment environment, string file, string[] overrides, RunOptions options)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.PluginsDirectory);
        // All of them are checked before the first one runs.
        LoadedFile loaded = new ExperimentLoader(catalog.Components, environment.GetVariable).LoadSweep(file, overrides);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        if (options.DryRun)
        {
            foreach (LoadedExperiment experiment in loaded.Experiments) environment.Output.WriteLine($"{experiment.Fingerprint[..8]}  {experiment.Label}");
            return ExitCodes.Done;
        }
        using var stop = new StopSignal();
        Table table = new Table().AddColumns("combination", "start", "mean Dice (%)");
        int number = 0;
        foreach (LoadedExperiment experiment in loaded.Experiments)
        {
            environment.Output.WriteLine($"[{++number}/{loaded.Experiments.Count}] {experiment.Label}");
            ExperimentResults results = new ExperimentRunner(environment, catalog, options).Run(experiment.Config, experiment.ResolvedToml, experiment.Fingerprint, stop.Token);
            foreach ((string start, Engine.Stages.EvaluationResult evaluation) in results.Evaluations)
                table.AddRow(Markup.Escape(experiment.Label), Markup.Escape(start), FormattableString.Invariant($"{100 * evaluation.Mean:F2}"));
        }
        environment.Console.Write(table);
        return ExitCodes.Done;
    }
}
