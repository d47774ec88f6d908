using System.CommandLine;
using HiEndMae.Configuration;
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
            var options = new RunOptions(parsed.GetValue(output)!, parsed.GetValue(device), parsed.GetValue(resume), parsed.GetValue(dryRun), Json: false);
            return Task.FromResult(Run(environment, parsed.GetValue(file)!, parsed.GetValue(set) ?? [], options));
        });
        return command;
    }

    private static int Run(HostEnvironment environment, string file, string[] overrides, RunOptions options)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.PluginsDirectory);
        var found = new List<ConfigDiagnostic>();
        ConfigTable? tree = ExperimentSource.Read(file, overrides, found.Add);
        IReadOnlyList<SweepExpander.Point> points = tree is null ? [] : SweepExpander.Expand(tree, found.Add);
        // All of them are checked before the first one runs.
        (SweepExpander.Point Point, LoadedExperiment Loaded)[] runs =
            [.. points.Select(point => (point, ExperimentLoader.Bind(point.Tree, [], catalog.Components, environment.GetVariable)))];
        DiagnosticOutput.Print(environment, found.Concat(runs.SelectMany(run => run.Loaded.Diagnostics)).Distinct());
        if (points.Count == 0 || found.Any(diagnostic => diagnostic.IsError) || runs.Any(run => run.Loaded.Config is null)) return ExitCodes.BadUsage;
        if (options.DryRun)
        {
            foreach ((SweepExpander.Point point, LoadedExperiment loaded) in runs) environment.Output.WriteLine($"{loaded.Fingerprint[..8]}  {point.Label}");
            return ExitCodes.Done;
        }
        using var stop = new StopSignal();
        Table table = new Table().AddColumns("combination", "start", "mean Dice (%)");
        for (int i = 0; i < runs.Length; i++)
        {
            (SweepExpander.Point point, LoadedExperiment loaded) = runs[i];
            environment.Output.WriteLine($"[{i + 1}/{runs.Length}] {point.Label}");
            ExperimentResults results = new ExperimentRunner(environment, catalog, options).Run(loaded.Config!, loaded.ResolvedToml, loaded.Fingerprint, stop.Token);
            foreach ((string start, Engine.Stages.EvaluationResult evaluation) in results.Evaluations)
                table.AddRow(Markup.Escape(point.Label), Markup.Escape(start), FormattableString.Invariant($"{100 * evaluation.Mean:F2}"));
        }
        environment.Console.Write(table);
        return ExitCodes.Done;
    }
}
