using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Runs.Reporting;
using HiEndMae.Sweeps;

namespace HiEndMae.Host.Output;

/// <summary><c>sweep --dry-run</c>: prints the stages, which of them are finished, and the cost of the others.</summary>
internal static class SweepPlanPrinter
{
    public static void Print(HostEnvironment environment, SweepGraph graph, StageStore store, int jobs, bool json)
    {
        SweepEstimate estimate = SweepEstimate.Of(graph, store);
        if (json) PrintJson(environment, graph, estimate);
        else PrintLines(environment, graph, estimate, jobs);
    }

    private static void PrintJson(HostEnvironment environment, SweepGraph graph, SweepEstimate estimate) => environment.Output.WriteLine(new JsonObject
    {
        ["combinations"] = new JsonArray([.. graph.Combinations.Select(one => (JsonNode)new JsonObject
        {
            ["label"] = one.Experiment.Label,
            ["fingerprint"] = one.Experiment.Fingerprint,
            ["stages"] = new JsonArray([.. one.Stages.Select(stage => (JsonNode)stage.FolderName)]),
        })]),
        ["stages"] = new JsonArray([.. estimate.Stages.Select(row => (JsonNode)new JsonObject
        {
            ["stage"] = row.Stage.FolderName,
            ["label"] = row.Stage.Label,
            ["starts_from"] = row.Stage.Before?.FolderName,
            ["status"] = row.Status.ToString().ToLowerInvariant(),
            ["operations"] = row.Operations,
            ["estimated_seconds"] = row.Seconds is { } time ? Math.Round(time, 1) : null,
        })]),
    }.ToJsonString(JsonOptions.Indented));

    // A stage follows the stage that it starts from. Labels come last and are never truncated, because readers look for them.
    private static void PrintLines(HostEnvironment environment, SweepGraph graph, SweepEstimate estimate, int jobs)
    {
        environment.Output.WriteLine($"{"state",-10}  {"TFLOP",9}  {"time",8}  stage");
        foreach ((SweepStage stage, StageStatus status, double? operations, double? seconds) in estimate.Stages.Where(row => row.Stage.Before is null).SelectMany(WithFollowers))
        {
            environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{status.ToString().ToLowerInvariant(),-10}  {(operations is { } known ? (known / 1e12).ToString("N1", CultureInfo.InvariantCulture) : "?"),9}  {(seconds is { } time ? Duration.Text(TimeSpan.FromSeconds(time)) : "?"),8}  {(stage.Before is null ? "" : "  ")}{stage.FolderName}  {stage.Label}"));
        }
        int uses = graph.Combinations.Sum(one => one.Stages.Count);
        string left = estimate.NumDone == estimate.Stages.Count ? "" : estimate.Left(jobs) is { Length: > 0 } text ? $", {text} at the speed of the stages done here" : ", time unknown until a stage of each kind has finished here";
        environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{graph.Combinations.Count} combinations, {uses} stages of which {graph.Stages.Count} are different, {estimate.NumDone} done; {estimate.Operations / 1e12:N1} TFLOP to do{left}"));

        IEnumerable<StageEstimate> WithFollowers(StageEstimate row) => estimate.Stages.Where(one => one.Stage.Before?.Key == row.Stage.Key).Prepend(row);
    }
}
