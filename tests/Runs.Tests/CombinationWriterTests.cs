using System.Text.Json.Nodes;
using HiEndMae.Engine.Tests;
using HiEndMae.Runs.Loading;
using HiEndMae.Sweeps;

namespace HiEndMae.Runs.Tests;

/// <summary>The run directory of a combination, made from its finished stages.</summary>
public sealed class CombinationWriterTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly StageStore store;
    private readonly LoadedExperiment experiment;
    private readonly IReadOnlyList<SweepStage> stages;
    private readonly CombinationWriter writer;

    public CombinationWriterTests()
    {
        store = new StageStore(folder.FullPath);
        (experiment, stages) = Assert.Single(SweepGraph.Of(folder.Load(), folder.Catalog).Combinations);
        writer = new CombinationWriter(store, new ManualClock());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Nothing_is_written_before_every_stage_has_finished()
    {
        StageFolders.Finish(store, stages[0]);
        StageFolders.Begin(store, stages[1]);
        Assert.Null(writer.Write(experiment, stages));
        Assert.Equal(["stages"], Directory.GetDirectories(folder.FullPath).Select(Path.GetFileName));
        Assert.Equal("1 of 3 stages have run", store.Obstacle(stages));
    }

    [Fact]
    public void Results_values_and_figures_of_all_stages_are_put_together()
    {
        string[] runs = FinishAll();
        string run = writer.Write(experiment, stages)!;
        JsonNode results = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "results.json")))!;
        Assert.Equal(["stage0", "stage1", "stage2"], results["trainings"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(["start1", "start2"], results["evaluations"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(runs.Select(path => Path.GetRelativePath(run, path)), results["stages"]!.AsObject().Select(entry => (string?)entry.Value));
        Assert.Equal("{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n", File.ReadAllText(Path.Combine(run, "metrics.jsonl")));
        Assert.Equal(["0.png", "1.png", "2.png"], Directory.GetFiles(Path.Combine(run, "figures")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(experiment.Fingerprint, File.ReadAllText(Path.Combine(run, "fingerprint.txt")).Trim());
        Assert.True(File.Exists(Path.Combine(run, "part0", "checkpoints", "weights")));
    }

    [Fact]
    public void The_experiment_file_of_the_combination_loads_to_the_same_fingerprint()
    {
        FinishAll();
        string file = Path.Combine(writer.Write(experiment, stages)!, "experiment.toml");
        LoadedExperiment again = Assert.Single(new ExperimentLoader(folder.Catalog, _ => null).Load(file, []).Experiments);
        Assert.Equal(experiment.Fingerprint, again.Fingerprint);
    }

    [Fact]
    public void A_complete_combination_is_left_alone()
    {
        FinishAll();
        string first = writer.Write(experiment, stages)!;
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(first, "results.json"));
        Assert.Equal(first, writer.Write(experiment, stages));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(first, "results.json")));
    }

    // With 1,000 combinations, reading all run directories for each would be half a million reads.
    [Fact]
    public void Earlier_combinations_are_read_once()
    {
        FinishAll();
        string first = writer.Write(experiment, stages)!;
        File.Delete(Path.Combine(first, "fingerprint.txt"));
        Assert.Equal(first, writer.Write(experiment, stages));
        Assert.NotEqual(first, new CombinationWriter(store, new ManualClock()).Write(experiment, stages));
    }

    // A sweep asks for the state of all stages every second, and for the speed of all finished ones after each stage.
    [Fact]
    public void A_finished_stage_is_looked_up_once()
    {
        Assert.Null(store.SecondsPerOperation(stages[0].Kind));
        string run = StageFolders.Finish(store, stages[0], "{ \"trainings\": { \"a\": { \"seconds\": 6 } } }");
        File.WriteAllText(Path.Combine(store.FolderOf(stages[0]), "stage.json"), "{ \"operations\": 3 }");
        Assert.Equal(StageStatus.Done, store.StatusOf(stages[0]));
        Assert.Equal(2, store.SecondsPerOperation(stages[0].Kind));
        Directory.Delete(store.FolderOf(stages[0]), recursive: true);
        Assert.Equal(StageStatus.Done, store.StatusOf(stages[0]));
        Assert.Equal(run, store.FinishedRunOf(stages[0]));
        Assert.Equal(2, store.SecondsPerOperation(stages[0].Kind));
        // A stage that is not finished is looked up again.
        Assert.Equal(StageStatus.Missing, store.StatusOf(stages[1]));
        StageFolders.Begin(store, stages[1]);
        Assert.Equal(StageStatus.Unfinished, store.StatusOf(stages[1]));
    }

    private string[] FinishAll() => [.. stages.Select((stage, i) =>
    {
        string evaluations = i == 0 ? "" : $", \"evaluations\": {{ \"start{i}\": {i} }}";
        string run = StageFolders.Finish(store, stage, $"{{ \"trainings\": {{ \"stage{i}\": {i} }}{evaluations} }}");
        File.WriteAllText(Path.Combine(run, "metrics.jsonl"), $"{{\"n\":{i}}}\n");
        Directory.CreateDirectory(Path.Combine(run, "figures"));
        File.WriteAllText(Path.Combine(run, "figures", $"{i}.png"), "");
        Directory.CreateDirectory(Path.Combine(run, $"part{i}", "checkpoints"));
        File.WriteAllText(Path.Combine(run, $"part{i}", "checkpoints", "weights"), "");
        return run;
    })];
}
