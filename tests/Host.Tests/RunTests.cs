using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Tests;
using HiEndMae.Runs.Planning;
using Microsoft.Data.Sqlite;

namespace HiEndMae.Host.Tests;

/// <summary>Whole runs of a tiny experiment, from the command line.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task A_run_leaves_models_pictures_results_and_tracked_runs()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny), "--out", runs));
        Assert.Equal("", host.Error);
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(runs, "tiny")));
        JsonNode results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "results.json"), TestContext.Current.CancellationToken))!;
        foreach (string start in (string[])["scratch", "pretrain"])
            Assert.InRange((double)results["evaluations"]![start]!["mean_dice"]!, 0, 1);
        Assert.True(File.Exists(Path.Combine(run, "pretrain", "checkpoints", "step-00000004", "weights.safetensors")));
        Assert.True(File.Exists(Path.Combine(run, "figures", "reconstruction.png")));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(run, "figures"), "evaluate-*.png").Length);
        Assert.Contains("mean", host.Output);
        Assert.Equal(6L, Count(runs, "SELECT COUNT(*) FROM runs WHERE status = 'FINISHED'"));
        Assert.Equal(5L, Count(runs, "SELECT COUNT(*) FROM tags WHERE key = 'mlflow.parentRunId'"));
        Assert.Equal(4L, Count(runs, "SELECT COUNT(*) FROM metrics m JOIN runs r ON r.run_uuid = m.run_uuid WHERE r.name LIKE 'pretrain:%' AND m.key = 'loss'"));
        Assert.Equal(4L, Count(runs, "SELECT COUNT(*) FROM params WHERE key = 'pretrain.mask_ratio' AND value = '0.75'"));
        Assert.Empty(Directory.GetFiles(runs, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Without_an_evaluate_table_models_are_scored_with_its_defaults_and_the_last_line_names_the_report()
    {
        using var host = new HostFixture();
        string text = Samples.Tiny.Replace("[evaluate]\noverlap = 0.25", "", StringComparison.Ordinal).Replace("[\"scratch\", \"pretrain\"]", "[\"scratch\"]", StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", text), "--out", host.Folder));
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(host.Folder, "tiny")));
        JsonNode results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "results.json"), TestContext.Current.CancellationToken))!;
        Assert.InRange((double)results["evaluations"]!["scratch"]!["mean_dice"]!, 0, 1);
        Assert.Contains("overlap = 0.5", await File.ReadAllTextAsync(Path.Combine(run, "experiment.toml"), TestContext.Current.CancellationToken));
        string page = Path.Combine(run, "report.html");
        Assert.True(File.Exists(page));
        Assert.Equal($"report: {page}", host.Output.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public async Task A_dataset_without_test_cases_is_warned_of_and_its_models_get_no_scores()
    {
        using var host = new HostFixture();
        string text = Samples.Tiny.Replace("num_test = 1", "num_test = 0", StringComparison.Ordinal).Replace("[\"scratch\", \"pretrain\"]", "[\"scratch\"]", StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", text), "--out", host.Folder));
        Assert.Contains("no labelled test cases", host.Error);
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(host.Folder, "tiny")));
        JsonNode results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "results.json"), TestContext.Current.CancellationToken))!;
        Assert.Empty(results["evaluations"]!.AsObject());
        Assert.NotNull(results["trainings"]!["finetune-scratch"]);
    }

    [Theory]
    [InlineData(0.2, 0.0, "xyz", "left,kidney_left,kidney_right", "flip_probability = 0.2 with \"x\" in flip_axes, but the classes 'kidney_left' and 'kidney_right'")]
    [InlineData(0.2, 0.0, "yz", "kidney_left,kidney_right", null)]
    [InlineData(0.2, 0.0, "y", "Anterior,Posterior", "flip_probability = 0.2 with \"y\" in flip_axes, but the classes 'Anterior' and 'Posterior'")]
    [InlineData(0.0, 0.3, "xyz", "Anterior,Posterior", "rotate90_probability = 0.3, but the classes 'Anterior' and 'Posterior'")]
    [InlineData(0.0, 0.3, "xyz", "lobe superior,lobe inferior", null)]
    [InlineData(0.0, 0.0, "xyz", "kidney_left,kidney_right", null)]
    [InlineData(0.5, 0.5, "xyz", "liver,inferior_vena_cava,kidney_left", null)]
    public void Flips_and_turns_give_a_warning_if_classes_differ_by_side(double flip, double turn, string axes, string names, string? expected)
    {
        FlipAxis[] flipped = [.. axes.Select(axis => Enum.Parse<FlipAxis>(axis.ToString(), ignoreCase: true))];
        var data = new DataConfig { Dataset = null!, FlipProbability = flip, Rotate90Probability = turn, FlipAxes = flipped };
        string? warning = SidedLabels.Warn(data, ["background", .. names.Split(',')]);
        if (expected is null) Assert.Null(warning);
        else Assert.Contains(expected, warning);
    }

    [CudaFact]
    public async Task An_experiment_runs_on_a_GPU()
    {
        using var host = new HostFixture();
        foreach (string precision in (string[])["float32", "bfloat16", "float16"])
        {
            int code = await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny), "--device", "cuda", "--set", $"precision=\"{precision}\"", "--out", Path.Combine(host.Folder, precision));
            Assert.True(code == ExitCodes.Done, host.Error);
        }
    }

    [Fact]
    public async Task A_run_records_the_precision_that_it_chose_and_its_starts_share_it()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny), "--set", "precision=\"auto\"", "--out", host.Folder));
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(host.Folder, "tiny")));
        JsonNode trainings = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "results.json"), TestContext.Current.CancellationToken))!["trainings"]!;
        foreach ((string kind, string stage) in (ReadOnlySpan<(string, string)>)[("pretrain", "pretrain"), ("finetune", "finetune-scratch"), ("finetune", "finetune-pretrain")])
        {
            JsonNode recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(run, $"precision-{kind}.json")))!;
            Assert.Equal((string)recorded["precision"]!, (string)trainings[stage]!["precision"]!);
        }
        Assert.Equal(2, File.ReadLines(Path.Combine(run, "log.txt")).Count(line => line.Contains("this stage trains in", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_resolved_config_of_a_run_gives_the_same_weights()
    {
        using var host = new HostFixture();
        string first = Path.Combine(host.Folder, "first"), second = Path.Combine(host.Folder, "second");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny), "--out", first));
        string resolved = Directory.GetFiles(first, "experiment.toml", SearchOption.AllDirectories).First(path => !path.Contains("mlruns", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", resolved, "--out", second));
        Assert.Equal(Weights(first), Weights(second));
    }

    [Fact]
    public async Task An_interrupted_run_is_resumed_to_the_same_weights()
    {
        using var host = new HostFixture();
        string whole = Path.Combine(host.Folder, "whole"), parts = Path.Combine(host.Folder, "parts"), file = host.Write("tiny.toml", Samples.Tiny);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", whole));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", parts));
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(parts, "tiny")));
        // As a kill in the middle of the last fine-tuning leaves it: no results, no last checkpoint.
        File.Delete(Path.Combine(run, "results.json"));
        Directory.Delete(Path.Combine(run, "finetune-pretrain", "checkpoints", "step-00000003"), recursive: true);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", parts, "--resume"));
        Assert.Single(Directory.GetDirectories(Path.Combine(parts, "tiny")));
        Assert.Equal(Weights(whole), Weights(parts));
        string[] values = [.. (await File.ReadAllLinesAsync(Path.Combine(run, "metrics.jsonl"), TestContext.Current.CancellationToken))
            .Select(line => JsonNode.Parse(line)!)
            .Where(line => (string?)line["stage"] == "finetune-pretrain" && (string?)line["key"] == "loss")
            .Select(line => ((int)line["step"]!).ToString(CultureInfo.InvariantCulture))];
        Assert.Equal(["1", "2", "3"], values);
    }

    [Fact]
    public async Task Fine_tuning_starts_from_an_official_checkpoint_of_another_crop()
    {
        using var host = new HostFixture();
        string checkpoint = Path.Combine(Repository.Root, "tests", "Plugins.Tests", "goldens", "transfer_patch12.pth");
        string text = Samples.Tiny.Replace("embed_dim = 24\ndepth = 10\nnum_heads = 2\npatch_size = 8", "embed_dim = 48\nnum_heads = 4\npatch_size = 12\ndropout = 0.1\ndrop_path = 0.1", StringComparison.Ordinal)
            .Replace("crop = 16", "crop = 24", StringComparison.Ordinal).Replace("[\"scratch\", \"pretrain\"]", $"[\"{checkpoint}\"]", StringComparison.Ordinal)
            .Replace("[pretrain]\nsteps = 4", "[pretrain]\nsteps = 1", StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("official.toml", text), "--out", host.Folder));
        string log = await File.ReadAllTextAsync(Directory.GetFiles(host.Folder, "log.txt", SearchOption.AllDirectories).Single(path => !path.Contains("mlruns", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Contains("148 tensors loaded, 1 resized", log);
    }

    [Fact]
    public async Task A_probe_trains_only_its_own_weights()
    {
        using var host = new HostFixture();
        string text = Samples.Tiny.Replace("plugin = \"unetr\"\nfeature_size = 2", "plugin = \"linear-probe\"", StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("probe.toml", text), "--out", host.Folder));
        string pretrained = Newest("pretrain"), probed = Newest("finetune-pretrain");
        using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        var before = HiEndMae.Engine.Weights.CheckpointStore.LoadWeights(pretrained);
        var after = HiEndMae.Engine.Weights.CheckpointStore.LoadWeights(probed);
        Assert.Contains("head.classify.weight", after.Keys);
        string[] shared = [.. after.Keys.Where(before.ContainsKey)];
        Assert.True(shared.Length > 100);
        Assert.All(shared, name => Assert.True(before[name].eq(after[name]).all().item<bool>(), name));

        string Newest(string stage) => Directory.GetDirectories(host.Folder, stage, SearchOption.AllDirectories).Single(folder => Directory.Exists(Path.Combine(folder, "checkpoints")) && !folder.Contains("mlruns", StringComparison.Ordinal)) + "/checkpoints";
    }

    [Fact]
    public async Task A_run_segments_scans_on_their_own_grids()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny), "--out", host.Folder));
        string run = Directory.GetDirectories(Path.Combine(host.Folder, "tiny")).Single(), scan = Path.Combine(host.Folder, "scan.nii.gz");
        var affine = HiEndMae.Imaging.Affine.FromRows(new double[,] { { -9, 0, 0, 100 }, { 0, 0, 10, -80 }, { 0, 14, 0, 3 } });
        var size = new HiEndMae.Imaging.Size3(22, 15, 19);
        HiEndMae.Imaging.NiftiWriter.Write(scan, new HiEndMae.Imaging.Volume<float>(1, size, affine, [.. Enumerable.Range(0, (int)size.Count).Select(i => (float)(i % 400 - 200))]), TestContext.Current.CancellationToken);
        string broken = host.Write("broken.nii", "this is no scan");
        string output = Path.Combine(host.Folder, "out");
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("predict", run, broken, scan, "--start", "pretrain", "--out", output, "--device", "cpu"));
        Assert.Contains("broken.nii", host.Error);
        HiEndMae.Imaging.NiftiHeader header = HiEndMae.Imaging.NiftiReader.ReadHeader(Path.Combine(output, "scan_seg.nii.gz"));
        Assert.Equal(size, header.Size);
        Assert.True(header.Affine.IsCloseTo(affine, 1e-4));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("predict", run, scan, "--start", "nothing", "--out", output));
        Assert.Contains("scratch, pretrain", host.Error);
    }

    [Fact]
    public async Task A_corrupt_checkpoint_to_start_from_is_bad_data()
    {
        using var host = new HostFixture();
        string weights = host.Write("broken.safetensors", "this is no checkpoint at all, whatever its name says");
        string file = host.Write("tiny.toml", Samples.Tiny.Replace("[\"scratch\", \"pretrain\"]", $"[\"{weights}\"]", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("run", file, "--out", Path.Combine(host.Folder, "runs"), "--set", "pretrain.steps=1"));
        Assert.Contains("broken.safetensors", host.Error);
        Assert.DoesNotContain("   at ", host.Error);
    }

    [Fact]
    public async Task A_truncated_scan_is_bad_data_and_is_named()
    {
        using var host = new HostFixture();
        Directory.CreateDirectory(Path.Combine(host.Folder, "scans"));
        await File.WriteAllBytesAsync(Path.Combine(host.Folder, "scans", "cut.nii.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x63], TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("run", host.Write("folder.toml", Samples.Folder), "--out", Path.Combine(host.Folder, "runs")));
        Assert.Contains("cut.nii.gz", host.Error);
        Assert.DoesNotContain("   at ", host.Error);
    }

    [Fact]
    public async Task A_sweep_runs_every_combination()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs");
        string file = host.Write("sweep.toml", Samples.Tiny + "\n[sweep]\n\"pretrain.mask_ratio\" = [0.5, 0.75]\n");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("sweep", file, "--out", runs));
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(runs, "tiny")).Length);
        Assert.Contains("pretrain.mask_ratio=0.5", host.Output);
    }

    private static byte[] Weights(string runs) => File.ReadAllBytes(Directory.GetFiles(runs, "weights.safetensors", SearchOption.AllDirectories)
        .Where(path => path.Contains("finetune-pretrain", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Last());

    private static long Count(string runs, string query)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(runs, "mlflow.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }
}
