using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Runs.Loading;
using HiEndMae.Sweeps;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Prints the results of a sweep: a row for each combination and start, and the missing ones with the reason.</summary>
internal sealed class SweepResults(HostEnvironment environment, SweepGraph graph, StageStore store)
{
    /// <summary>Prints it.</summary>
    public void Print(SweepOutcome outcome, bool json)
    {
        IReadOnlyList<(LoadedExperiment Experiment, string Folder)> whole = outcome.Combinations;
        SweepStage[] failed = [.. graph.Stages.Where(stage => store.StatusOf(stage) == StageStatus.Failed)];
        if (json)
        {
            environment.Output.WriteLine(new JsonObject
            {
                ["combinations"] = new JsonArray([.. whole.Select(one => (JsonNode)new JsonObject
                {
                    ["label"] = one.Experiment.Label,
                    ["fingerprint"] = one.Experiment.Fingerprint,
                    ["folder"] = one.Folder,
                    ["mean_dice"] = new JsonObject(SweepTracking.MeanDice(one.Folder).Select(start => KeyValuePair.Create(start.Start, (JsonNode?)start.Dice))),
                })]),
                ["under_way"] = outcome.UnderWay,
                ["missing"] = graph.Combinations.Count - whole.Count,
                ["failed"] = new JsonArray([.. failed.Select(stage => (JsonNode)new JsonObject { ["stage"] = stage.FolderName, ["label"] = stage.Label, ["reason"] = store.FailureOf(stage), ["log"] = store.LogOf(stage) })]),
            }.ToJsonString(JsonOptions.Indented));
            return;
        }
        Table table = new Table().AddColumns("combination", "start", "mean Dice (%)");
        foreach ((LoadedExperiment experiment, string folder) in whole)
        {
            foreach ((string start, double dice) in SweepTracking.MeanDice(folder)) table.AddRow(Markup.Escape(experiment.Label), Markup.Escape(start), FormattableString.Invariant($"{100 * dice:F2}"));
        }
        if (table.Rows.Count > 0) environment.Console.Write(table);
        environment.Output.WriteLine($"{whole.Count} of {graph.Combinations.Count} combinations are complete");
        if (outcome.UnderWay > 0)
            environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.UnderWay} stages wait or run in the queue; the same command with --status shows them, and without --status it continues when they have ended"));
        foreach (SweepStage stage in failed) environment.Error.WriteLine($"failed: {stage.Label}: {store.FailureOf(stage)}; see '{store.LogOf(stage)}', and run it again with --retry-failed");
    }
}
