using System.Globalization;
using System.Text.Json.Nodes;

namespace HiEndMae.Host.Tests.Reports;

/// <summary>Run directories as the program leaves them, made up.</summary>
internal sealed class FakeRuns(string folder)
{
    private int number;

    public string Folder => folder;

    /// <summary>A run with results.</summary>
    /// <param name="experiment">Name of the experiment.</param>
    /// <param name="config">TOML after the name.</param>
    /// <param name="evaluations">Start, mean Dice, Dice by class.</param>
    public string Finished(string experiment, string config, params (string Start, double Mean, (string Name, double? Dice)[] Classes)[] evaluations)
    {
        string run = Unfinished(experiment, config, "2026-01-01T00:00:00.0000000+00:00 pretrain: done.");
        var results = new JsonObject
        {
            ["folder"] = run,
            ["evaluations"] = new JsonObject(evaluations.Select(one => KeyValuePair.Create(one.Start, (JsonNode?)new JsonObject
            {
                ["mean_dice"] = one.Mean,
                ["includes_background"] = false,
                ["dice"] = new JsonObject(one.Classes.Select(pair => KeyValuePair.Create(pair.Name, pair.Dice is { } dice ? (JsonNode?)JsonValue.Create(dice) : null))),
            }))),
        };
        File.WriteAllText(Path.Combine(run, "results.json"), results.ToJsonString());
        return run;
    }

    /// <summary>A run without results.</summary>
    public string Unfinished(string experiment, string config, string lastLine)
    {
        number++;
        string run = Path.Combine(folder, experiment, string.Create(CultureInfo.InvariantCulture, $"20260101-{number:D6}-abcdef01"));
        Directory.CreateDirectory(Path.Combine(run, "figures"));
        File.WriteAllText(Path.Combine(run, "experiment.toml"), $"name = \"{experiment}\"\n{config}");
        File.WriteAllText(Path.Combine(run, "fingerprint.txt"), string.Create(CultureInfo.InvariantCulture, $"{number:x64}\n"));
        File.WriteAllText(Path.Combine(run, "log.txt"), lastLine + "\n");
        File.WriteAllText(Path.Combine(run, "metrics.jsonl"), string.Concat(Enumerable.Range(1, 20).SelectMany(step => new[] { "pretrain", "finetune-scratch", "finetune-pretrain" }.Select(stage =>
            string.Create(CultureInfo.InvariantCulture, $"{{\"stage\":\"{stage}\",\"step\":{10 * step},\"key\":\"loss\",\"value\":{1.0 / step + (0.01 * number):F4}}}\n")))) + "{\"stage\":\"pretr");
        return run;
    }

    /// <summary>The runs of a small Table 5: three seeds of 75 % and 95 %, and three ratios that have no result for three reasons.</summary>
    public void Table5()
    {
        double[] first = [0.612, 0.634, 0.598], last = [0.571, 0.602, 0.566];
        for (int seed = 0; seed < 3; seed++)
        {
            Finished("demo", Table5Config(seed, 0.75, "75%"), ("pretrain", first[seed], [("background", 0.98), ("liver", first[seed] + 0.1), ("aorta", first[seed] - 0.1)]));
            Finished("demo", Table5Config(seed, 0.95, "95%"), ("pretrain", last[seed], [("background", 0.97), ("liver", last[seed] + 0.1), ("aorta", last[seed] - 0.1)]));
        }
        Unfinished("demo", Table5Config(0, 0.8, "80%"), "2026-01-01T00:00:00.0000000+00:00 NonFiniteLossException: The loss is NaN at step 40.");
        Unfinished("demo", Table5Config(0, 0.85, "85%"), "2026-01-01T00:00:00.0000000+00:00 OperationCanceledException: The operation was canceled.");
    }

    public static string Table5Config(int seed, double ratio, string row) => string.Create(CultureInfo.InvariantCulture, $$"""
        seed = {{seed}}
        [encoder]
        plugin = "vit3d"
        [pretrain]
        mask_ratio = {{ratio}}
        steps = 600
        [finetune]
        init = ["pretrain"]
        [report]
        table = "table5"
        column = "Avg"
        stand_in = "phantoms"
        rows = { pretrain = "{{row}}" }
        """);
}
