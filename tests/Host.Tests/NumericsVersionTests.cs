using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine;

namespace HiEndMae.Host.Tests;

/// <summary>The losses of a short run are those that were recorded for this version of the numerics. A change of them must raise the version, so that old results are not mixed with new ones.</summary>
public sealed class NumericsVersionTests
{
    // Processors and numbers of threads add in another order. Any change of data, masks, models, losses or optimisers is far larger.
    private const double Tolerance = 2e-4;

    private static readonly string Recorded = Path.Combine(Repository.Root, "tests", "Host.Tests", "goldens", "numerics.json");

    [Fact]
    public async Task Losses_of_a_short_run_are_those_of_this_version()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs");
        Assert.True(await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny), "--out", runs, "--set", "threads=1") == ExitCodes.Done, host.Error);
        var now = new JsonObject { ["numerics"] = NumericsVersion.Current };
        string file = Path.Combine(Directory.GetDirectories(Path.Combine(runs, "tiny")).Single(), "metrics.jsonl");
        foreach (var stage in (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["key"] == "loss").GroupBy(line => (string)line["stage"]!))
            now[stage.Key] = new JsonArray([.. stage.OrderBy(line => (int)line["step"]!).Select(line => line["value"]!.DeepClone())]);
        Assert.Equal(4, now.Count); // the version, pre-training and two fine-tunings
        if (Environment.GetEnvironmentVariable("HIENDMAE_UPDATE_SNAPSHOTS") == "1") await File.WriteAllTextAsync(Recorded, now.ToJsonString(JsonOptions.Indented) + "\n", TestContext.Current.CancellationToken);
        JsonObject before = JsonNode.Parse(await File.ReadAllTextAsync(Recorded, TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal(NumericsVersion.Current, (int)before["numerics"]!);
        foreach ((string stage, JsonNode? losses) in before.Where(entry => entry.Key != "numerics"))
        {
            double[] then = Numbers(losses), found = Numbers(now[stage]);
            Assert.True(then.Length == found.Length && then.Zip(found).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Abs(pair.First)), $"""
                The losses of {stage} were {Text(then)} and are {Text(found)}: the program computes something else than before.
                If this is intended, raise NumericsVersion.Current, and run this test with HIENDMAE_UPDATE_SNAPSHOTS=1. If only a plugin has changed, run the test so without raising the version:
                the sum of the plugin keeps results apart.
                """);
        }
    }

    private static double[] Numbers(JsonNode? losses) => [.. losses!.AsArray().Select(loss => (double)loss!)];

    private static string Text(double[] values) => string.Join(" ", values.Select(value => value.ToString("G6", CultureInfo.InvariantCulture)));
}
