using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Runs.Reporting;
using HiEndMae.Sweeps.Simulation;

namespace HiEndMae.Host.Output;

/// <summary>Prints the result of a simulated sweep.</summary>
internal static class SimulationPrinter
{
    public static void Print(HostEnvironment environment, ClusterModel model, SimulationResult result, bool json)
    {
        if (json)
        {
            environment.Output.WriteLine(new JsonObject
            {
                ["stages"] = result.Stages,
                ["assumed_times"] = result.Assumed,
                ["wall_seconds"] = result.Wall.TotalSeconds,
                ["work_seconds"] = result.Work.TotalSeconds,
                ["lost_seconds"] = result.Lost.TotalSeconds,
                ["mean_wait_seconds"] = result.MeanWait.TotalSeconds,
                ["longest_wait_seconds"] = result.LongestWait.TotalSeconds,
                ["failures"] = result.Failures,
                ["requeues"] = result.Requeues,
                ["use"] = result.Use,
                ["cost"] = result.Cost,
            }.ToJsonString(JsonOptions.Indented));
            return;
        }
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string assumed = result.Assumed > 0 ? string.Create(invariant, $", {result.Assumed} of them with the time that was given") : "";
        environment.Output.WriteLine(string.Create(invariant, $"{result.Stages} stages on {model.Nodes} nodes of {model.Gpus} GPUs{assumed}"));
        environment.Output.WriteLine($"wall time     {Duration.Text(result.Wall)}");
        environment.Output.WriteLine(string.Create(invariant, $"GPU time      {result.Work.TotalHours:F2} h of work, {result.Lost.TotalHours:F2} h repeated after {result.Failures} failures of nodes"));
        environment.Output.WriteLine($"waiting       {Duration.Text(result.MeanWait)} mean, {Duration.Text(result.LongestWait)} longest, {result.Requeues.ToString(invariant)} requeues");
        environment.Output.WriteLine(string.Create(invariant, $"GPUs in use   {100 * result.Use:F0} %"));
        if (result.Cost is { } cost) environment.Output.WriteLine(string.Create(invariant, $"cost          {cost:F2}"));
    }
}
