using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HiEndMae.Bench.Shared;

namespace HiEndMae.Bench.Processes;

/// <summary>Crops per second of one pre-training in several ways on the same cores. All ways run the same experiment.</summary>
internal static class TrainingRace
{
    // Four micro-batches of one crop: the tree sets gradients aside once in one process, and two processes take two each.
    private const int Crops = 4, WarmUp = 2;

    public static int Run(int width, int steps, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-bench-").FullName, file = Path.Combine(folder, "race.toml");
        File.WriteAllText(file, Experiment(width, steps + WarmUp));
        (string Name, Func<string, double> Measure)[] ways =
        [
            ("1 process, 1 thread", runs => Alone(file, runs, 1)),
            ("1 process, 1 thread, sum_tree = false", runs => Alone(file, runs, 1, "--set", "pretrain.sum_tree=false")),
            ("1 process, 2 threads", runs => Alone(file, runs, 2)),
            ("2 processes, 1 thread each", runs => Together(file, runs)),
            ("2 processes, sum_tree = false", runs => Together(file, runs, "--set", "pretrain.sum_tree=false")),
            ("2 independent runs, 1 thread each", runs => Independent(file, runs)),
        ];
        var rates = ways.ToDictionary(way => way.Name, _ => new List<double>());
        try
        {
            for (int round = 0; round < rounds; round++)
            {
                foreach ((string name, Func<string, double> measure) in ways)
                {
                    string runs = Path.Combine(folder, "runs");
                    rates[name].Add(measure(runs));
                    Launch.Print($"  round {round + 1}: {name}: {rates[name][^1]:F3} crops/s (load {Launch.Load})");
                    Directory.Delete(runs, recursive: true);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        double one = Timing.Median(rates[ways[0].Name]);
        Launch.Print($"width {width}, {Crops} crops of 96^3 a step, {steps} steps, median of {rounds} rounds:");
        foreach ((string name, _) in ways)
        {
            double rate = Timing.Median(rates[name]);
            Launch.Print($"  {name,-40} {rate,7:F3} crops/s, {rate / one:F2} of 1 process with 1 thread");
        }
        return 0;
    }

    /// <summary>The cost of the summation tree in one process: pairs of runs with and without it, one after the other.</summary>
    public static int Tree(int width, int steps, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-bench-").FullName, file = Path.Combine(folder, "race.toml"), runs = Path.Combine(folder, "runs");
        File.WriteAllText(file, Experiment(width, steps + WarmUp));
        var costs = new List<double>();
        try
        {
            for (int round = 0; round < rounds; round++)
            {
                double[] rates = new double[2];
                // The order changes, because the speed of the machine may drift.
                foreach (int tree in round % 2 == 0 ? new[] { 1, 0 } : [0, 1])
                {
                    rates[tree] = Alone(file, runs, 1, "--set", $"pretrain.sum_tree={(tree == 1 ? "true" : "false")}");
                    Directory.Delete(runs, recursive: true);
                }
                costs.Add((rates[0] / rates[1]) - 1);
                Launch.Print($"  round {round + 1}: {rates[1]:F3} crops/s with the tree, {rates[0]:F3} without (load {Launch.Load})");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Launch.Print($"width {width}, {Crops} batches a step, 1 process, 1 thread: with the tree a step takes {100 * Timing.Median(costs):F1} % longer (median of {rounds} pairs, {100 * costs.Min():F1} to {100 * costs.Max():F1})");
        return 0;
    }

    private static double Alone(string file, string runs, int threads, params string[] more)
    {
        Launch.End(Launch.Alone(["run", file, "--out", runs, "--set", string.Create(CultureInfo.InvariantCulture, $"threads={threads}"), .. more]));
        return Rate(runs);
    }

    private static double Together(string file, string runs, params string[] more)
    {
        Launch.End(Launch.Mpi(2, new Dictionary<string, string>(), [Launch.Program, "run", file, "--out", runs, .. more]));
        return Rate(runs);
    }

    private static double Independent(string file, string runs)
    {
        string[] folders = [Path.Combine(runs, "a"), Path.Combine(runs, "b")];
        Launch.End([.. folders.Select((folder, i) => Launch.Alone("run", file, "--out", folder, "--set", string.Create(CultureInfo.InvariantCulture, $"seed={i}")))]);
        return folders.Sum(Rate);
    }

    // The log has the time at which each step ended.
    private static double Rate(string runs)
    {
        DateTimeOffset[] times = [.. File.ReadLines(Directory.GetFiles(runs, "metrics.jsonl", SearchOption.AllDirectories).Single()).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(one => one.GetProperty("key").GetString() == "loss").Select(one => one.GetProperty("time").GetDateTimeOffset())];
        return Crops / Timing.Median(times.Zip(times.Skip(1), (before, after) => (after - before).TotalSeconds).Skip(WarmUp - 1));
    }

    private static string Experiment(int width, int steps) => string.Create(CultureInfo.InvariantCulture, $"""
        name = "race"
        device = "cpu"
        threads = 1
        [tracking]
        enabled = false
        [encoder]
        plugin = "vit3d"
        embed_dim = {width}
        depth = 12
        num_heads = 12
        patch_size = 16
        [pretrain]
        steps = {steps}
        log_every = 1
        checkpoint_every = {steps}
        figures_every = 0
        grad_accumulation = {Crops}
        [pretrain.decoder]
        plugin = "hi-end-mae"
        embed_dim = {width / 2}
        num_heads = 12
        [pretrain.data]
        plugin = "phantom"
        grid = 96
        voxel_mm = 3.0
        spacing_mm = 3.0
        num_pretraining = 2
        crop = 96
        volumes = 1
        crops_per_volume = 1
        """);
}
