using System.Text;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Reports.Records;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Results;
using HiEndMae.Tests;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>Damaged files of a run directory are read, passed over, or refused with one clear error.</summary>
public sealed class RecordFuzzTests : IDisposable
{
    private const string Results = """
        {"evaluations": {"scratch": {"mean_dice": 0.5, "includes_background": false, "settings": {"policy": "monai"}, "metrics": {"dice": {}, "hd95": {}}, "dice": {"background": 0.9, "liver": 0.5},
        "scores": {"case-1": {"background": {"dice": 0.9, "hd95": null}, "liver": {"dice": 0.5, "hd95": "Infinity"}}}}}}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-records-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Results_that_are_compared() => Feed("results.json", Results, _ => StoredEvaluation.Read(folder), static error => error is VolumeException);

    [Fact]
    public void Results_metrics_and_logs_that_are_reported()
    {
        string run = Path.Combine(folder, "tiny", "run");
        Directory.CreateDirectory(run);
        var files = new Dictionary<string, string>
        {
            ["experiment.toml"] = "name = \"tiny\"\nseed = 3\n",
            ["fingerprint.txt"] = new string('a', 64) + "\n",
            ["metrics.jsonl"] = "{\"stage\": \"pretrain\", \"key\": \"loss\", \"step\": 1, \"value\": 0.5}\n{\"stage\": \"pretrain\", \"key\": \"loss\", \"step\": 2, \"value\": \"NaN\"}\n",
            ["log.txt"] = "2026-01-01T00:00:00Z begins\n2026-01-01T00:00:01Z IOException: The disk is full.\n",
            ["results.json"] = Results,
        };
        foreach ((string name, string text) in files) File.WriteAllText(Path.Combine(run, name), text);
        foreach ((string name, string text) in files.Reverse())
        {
            Fuzz.Run(Encoding.UTF8.GetBytes(text), bytes =>
            {
                File.WriteAllBytes(Path.Combine(run, name), bytes);
                // A report of many runs does not end because of one.
                Assert.Single(new RunReader(TimeProvider.System).ReadAll(folder));
                RunReader.Metrics(run);
            }, static _ => false);
            File.WriteAllText(Path.Combine(run, name), text);
            // From here on without results, so that the log is read.
            if (name == "results.json") File.Delete(Path.Combine(run, name));
        }
    }

    [Fact]
    public void Model_cards() => Feed("model.json", """{"channels": ["CT"], "labels": ["background", "liver"]}""", _ => ModelCard.Read(folder), static error => error is UserException);

    [Fact]
    public void Label_names() => Feed("model.json", """{"labels": {"background": 0, "liver": 1, "spleen": 7}}""", path => LabelNames.Parse(path), static error => error is UserException);

    [Fact]
    public void Damaged_records_of_tracking_and_sweeps_count_as_missing()
    {
        Feed("tracking.json", """{"store": "sqlite:../../mlflow.db", "experiment": "tiny", "experiment_id": null, "run": "abc"}""", _ => HiEndMae.Runs.Tracking.RunRecord.Read(folder), static _ => false);
        Feed("stage.json", """{"label": "pretrain", "parameters": {"seed": "3"}}""", _ => HiEndMae.Runs.Tracking.JobRecord.Read(folder), static _ => false);
    }

    private void Feed(string name, string text, Action<string> read, Func<Exception, bool> isRefusal)
    {
        string path = Path.Combine(folder, name);
        int good = Fuzz.Run(Encoding.UTF8.GetBytes(text), bytes =>
        {
            File.WriteAllBytes(path, bytes);
            read(path);
        }, isRefusal);
        Assert.InRange(good, 1, Fuzz.Rounds);
    }
}
