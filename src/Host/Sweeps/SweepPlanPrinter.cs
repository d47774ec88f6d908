using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Host.Commands;
using Spectre.Console;

namespace HiEndMae.Host.Sweeps;

/// <summary><c>--dry-run</c>: the stages, which of them are there already, and what the others cost.</summary>
internal static class SweepPlanPrinter
{
    public static void Print(HostEnvironment environment, SweepGraph graph, StageStore store, int jobs, bool json)
    {
        (SweepStage Stage, StageStatus Status, double? Operations, double? Seconds)[] rows = [.. graph.Stages.Select(stage =>
        {
            double? cost = StageCost.Of(stage);
            return (stage, store.StatusOf(stage), cost, cost * store.SecondsPerOperation(stage.Kind));
        })];
        int uses = graph.Combinations.Sum(one => one.Stages.Count);
        var open = rows.Where(row => row.Status != StageStatus.Done).ToArray();
        double operations = open.Sum(row => row.Operations ?? 0), seconds = open.Sum(row => row.Seconds ?? 0);
        bool timed = open.All(row => row.Seconds is not null);
        if (json)
        {
            environment.Output.WriteLine(new JsonObject
            {
                ["combinations"] = new JsonArray([.. graph.Combinations.Select(one => (JsonNode)new JsonObject
                {
                    ["label"] = one.Experiment.Label,
                    ["fingerprint"] = one.Experiment.Fingerprint,
                    ["stages"] = new JsonArray([.. one.Stages.Select(stage => (JsonNode)stage.FolderName)]),
                })]),
                ["stages"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
                {
                    ["stage"] = row.Stage.FolderName,
                    ["label"] = row.Stage.Label,
                    ["starts_from"] = row.Stage.Before?.FolderName,
                    ["status"] = row.Status.ToString().ToLowerInvariant(),
                    ["operations"] = row.Operations,
                    ["estimated_seconds"] = row.Seconds is { } time ? Math.Round(time, 1) : null,
                })]),
            }.ToJsonString(DiagnosticOutput.Indented));
            return;
        }
        Table table = new Table().AddColumns("stage", "what", "starts from", "state", "TFLOP", "time");
        foreach ((SweepStage stage, StageStatus status, double? cost, double? time) in rows)
        {
            table.AddRow(
                stage.FolderName, Markup.Escape(stage.Label), stage.Before?.FolderName ?? "", status.ToString().ToLowerInvariant(),
                cost is { } known ? (known / 1e12).ToString("N1", CultureInfo.InvariantCulture) : "?", time is { } estimate ? Duration(estimate) : "?");
        }
        environment.Console.Write(table);
        environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{graph.Combinations.Count} combinations, {uses} stages of which {graph.Stages.Count} are different, {rows.Length - open.Length} done; {operations / 1e12:N1} TFLOP to do{(!timed ? ", time unknown until a stage of each kind has finished here" : open.Length == 0 ? "" : $", about {Duration(seconds / jobs)} with {jobs} jobs at the speed of the stages done here")}"));
    }

    private static string Duration(double seconds) => TimeSpan.FromSeconds(Math.Round(seconds)).ToString("c", CultureInfo.InvariantCulture);
}
