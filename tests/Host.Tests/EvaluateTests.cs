using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Host.Tests;

/// <summary>A run whose models are evaluated again, compared and used, from the command line.</summary>
public sealed class EvaluateTests(EvaluateTests.TinyRun run) : IClassFixture<EvaluateTests.TinyRun>
{
    [Fact]
    public async Task Models_of_a_run_are_scored_again_with_other_settings()
    {
        using var host = new HostFixture();
        string output = Path.Combine(host.Folder, "again");
        int code = await host.RunAsync("evaluate", run.Folder, "--overlap", "0.5", "--weighting", "gaussian", "--flips", "x,z", "--grid", "original", "--policy", "monai",
            "--metrics", "dice,iou,hd95,assd,surface-dice", "--start", "scratch", "--out", output, "--predictions", "--set", "evaluate.accumulate_in=\"float16\"");
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("monai", host.Output);
        JsonNode evaluation = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(output, "results.json"), TestContext.Current.CancellationToken))!["evaluations"]!["scratch"]!;
        Assert.Equal("monai", (string?)evaluation["settings"]!["policy"]);
        Assert.Contains("flips along x, z", (string?)evaluation["settings"]!["inference"]);
        Assert.Contains("the scans' own grids", (string?)evaluation["settings"]!["inference"]);
        Assert.Equal(["dice", "iou", "hd95", "assd", "surface-dice"], evaluation["metrics"]!.AsObject().Select(entry => entry.Key));
        string[] rows = await File.ReadAllLinesAsync(Path.Combine(output, "scores.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("case,organ,dice,iou,hd95_mm,assd_mm,surface-dice,truth_ml,predicted_ml", rows[0]);
        Assert.Equal(1 + evaluation["dice"]!.AsObject().Count, rows.Length);
        Assert.Single(Directory.GetFiles(Path.Combine(output, "figures"), "scratch-*.png"));
        Assert.Single(Directory.GetFiles(Path.Combine(output, "predictions", "scratch"), "*_seg.nii.gz"));
    }

    [Fact]
    public async Task The_settings_of_the_run_give_the_numbers_of_the_run()
    {
        using var host = new HostFixture();
        string output = Path.Combine(host.Folder, "same");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("evaluate", run.Folder, "--out", output, "--json"));
        JsonNode before = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run.Folder, "results.json"), TestContext.Current.CancellationToken))!["evaluations"]!;
        JsonNode again = JsonNode.Parse(host.Output)!["evaluations"]!;
        foreach (string start in (string[])["scratch", "pretrain"]) Assert.True(JsonNode.DeepEquals(before[start]!["scores"], again[start]!["scores"]), start);
    }

    [Fact]
    public async Task Several_checkpoints_are_averaged_and_one_can_be_named()
    {
        using var host = new HostFixture();
        foreach (string how in (string[])["probabilities", "weights"])
        {
            string output = Path.Combine(host.Folder, how);
            Assert.Equal(ExitCodes.Done, await host.RunAsync("evaluate", run.Folder, "--start", "pretrain", "--checkpoint", "2", "--checkpoint", "last", "--average", how, "--out", output));
            string text = await File.ReadAllTextAsync(Path.Combine(output, "results.json"), TestContext.Current.CancellationToken);
            Assert.Contains($"mean of the {how} of checkpoints step-00000002, step-00000003", text);
        }
        string checkpoint = Path.Combine(run.Folder, "finetune-scratch", "checkpoints", "step-00000002");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("evaluate", checkpoint, "--out", Path.Combine(host.Folder, "named"), "--json"));
        Assert.Contains("scratch, checkpoint step-00000002", host.Output);
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("evaluate", run.Folder, "--checkpoint", "77"));
        Assert.Contains("allowed: step-00000002, step-00000003", host.Error);
    }

    [Fact]
    public async Task Wrong_settings_are_refused_before_anything_is_computed()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("evaluate", run.Folder, "--overlap", "1.5"));
        Assert.Contains("overlap", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("evaluate", run.Folder, "--flips", "x,x"));
        Assert.Contains("named twice", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("evaluate", run.Folder, "--metrics", "hd96"));
        Assert.Contains("hd95", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("evaluate", run.Folder, "--set", "encoder.depth=3"));
        Assert.Contains("would change the trained model", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("evaluate", host.Folder));
        Assert.Contains("experiment.toml", host.Error);
    }

    [Fact]
    public async Task Two_starts_of_a_run_are_compared()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("compare", run.Folder, run.Folder, "--start-a", "scratch", "--start-b", "pretrain", "--json"));
        JsonNode comparison = JsonNode.Parse(host.Output)!["comparisons"]![0]!;
        JsonNode results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run.Folder, "results.json"), TestContext.Current.CancellationToken))!["evaluations"]!;
        JsonNode mean = comparison["metrics"]!["dice"]!["mean"]!;
        Assert.Equal(1, (int)mean["pairs"]!);
        Assert.Equal((double)results["pretrain"]!["mean_dice"]! - (double)results["scratch"]!["mean_dice"]!, (double)mean["difference"]!, 1e-12);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("compare", run.Folder, run.Folder, "--start", "other"));
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("compare", run.Folder, host.Folder));
    }

    [Fact]
    public async Task Predictions_list_volumes_and_a_bad_scan_is_named()
    {
        using var host = new HostFixture();
        string scan = Path.Combine(host.Folder, "scan.nii.gz"), broken = host.Write("broken.nii", "this is no scan"), output = Path.Combine(host.Folder, "out");
        var size = new Size3(22, 15, 19);
        Affine affine = Affine.FromRows(new double[,] { { -9, 0, 0, 100 }, { 0, 0, 10, -80 }, { 0, 14, 0, 3 } });
        NiftiWriter.Write(scan, new Volume<float>(1, size, affine, [.. Enumerable.Range(0, (int)size.Count).Select(i => (float)(i % 400 - 200))]), TestContext.Current.CancellationToken);
        string checkpoint = Path.Combine(run.Folder, "finetune-pretrain", "checkpoints", "step-00000002");
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("predict", checkpoint, broken, scan, "--out", output, "--probabilities", "--figures", "--json"));
        JsonNode json = JsonNode.Parse(host.Output)!;
        Assert.Contains("broken.nii", (string?)json["failed"]![0]!["error"]);
        JsonNode stored = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(output, "scan_seg.json"), TestContext.Current.CancellationToken))!;
        Volume<ushort> labels = NiftiReader.ReadLabel(Path.Combine(output, "scan_seg.nii.gz"), TestContext.Current.CancellationToken);
        Volume<float> probabilities = NiftiReader.ReadImage(Path.Combine(output, "scan_prob.nii.gz"), TestContext.Current.CancellationToken);
        Assert.Equal(size, labels.Size);
        Assert.True(labels.Affine.IsCloseTo(affine, 1e-4));
        Assert.True(File.Exists(Path.Combine(output, "scan_seg.png")));
        foreach ((string organ, JsonNode? value) in stored["labels"]!.AsObject())
        {
            if ((int)value! is > 0 and var index) Assert.Equal(labels.Voxels.Count(voxel => voxel == index) * 9 * 10 * 14 / 1000.0, (double)stored["volumes_ml"]![organ]!, 2e-3);
        }
        for (int i = 0; i < size.Count; i += 97)
        {
            float[] all = [.. Enumerable.Range(0, probabilities.Channels).Select(k => probabilities.Channel(k)[i])];
            Assert.Equal(1, all.Sum(), 1e-4);
            Assert.Equal(all.Max(), all[labels.Voxels[i]]);
        }
        string folder = Path.Combine(host.Folder, "other");
        Directory.CreateDirectory(folder);
        File.Copy(scan, Path.Combine(folder, "scan.nii.gz"));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("predict", run.Folder, scan, Path.Combine(folder, "scan.nii.gz"), "--out", output));
        Assert.Contains("would both be written", host.Error);
    }

    // Label maps have the values of the dataset, which model.json keeps. A run of an earlier version has none there.
    [Fact]
    public async Task Predictions_have_the_datasets_own_values()
    {
        using var host = new HostFixture();
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string copy = Path.Combine(host.Folder, "run"), scan = Path.Combine(host.Folder, "scan.nii.gz");
        foreach (string file in Directory.GetFiles(run.Folder, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(run.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        Size3 size = Size3.Cube(20);
        NiftiWriter.Write(scan, new Volume<float>(1, size, Affine.FromSpacing(Spacing3.Isotropic(12)), [.. Enumerable.Range(0, (int)size.Count).Select(i => (float)(i % 400 - 200))]), cancel);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", copy, scan, "--out", Path.Combine(host.Folder, "plain")));
        Assert.DoesNotContain("note:", host.Error, StringComparison.Ordinal);
        string card = Path.Combine(copy, "model.json");
        JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(card, cancel))!;
        int classes = json["labels"]!.AsArray().Count;
        json["values"] = new JsonArray([.. Enumerable.Range(0, classes).Select(k => (JsonNode)(7 * k + 2))]);
        await File.WriteAllTextAsync(card, json.ToJsonString(), cancel);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", copy, scan, "--out", Path.Combine(host.Folder, "valued")));
        ushort[] plain = Labels("plain"), valued = Labels("valued");
        Assert.Equal(plain.Select(label => (ushort)(7 * label + 2)), valued);
        json.AsObject().Remove("values");
        await File.WriteAllTextAsync(card, json.ToJsonString(), cancel);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", copy, scan, "--out", Path.Combine(host.Folder, "old")));
        Assert.Contains("class indices", host.Error, StringComparison.Ordinal);
        Assert.Equal(plain, Labels("old"));

        ushort[] Labels(string folder) => NiftiReader.ReadLabel(Path.Combine(host.Folder, folder, "scan_seg.nii.gz"), cancel).Voxels;
    }

    /// <summary>One tiny run for all tests of the class.</summary>
    public sealed class TinyRun : IAsyncLifetime
    {
        private readonly HostFixture host = new();

        public string Folder { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny), "--out", host.Folder));
            Folder = Directory.GetDirectories(Path.Combine(host.Folder, "tiny")).Single();
        }

        public ValueTask DisposeAsync()
        {
            host.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
