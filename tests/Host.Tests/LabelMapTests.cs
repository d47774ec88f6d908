using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Host.Tests;

/// <summary>Label maps of any program against true ones, without a model.</summary>
public sealed class LabelMapTests
{
    private static readonly Size3 Size = new(6, 5, 4);

    [Fact]
    public async Task Folders_are_paired_by_name_and_scored_by_the_policy()
    {
        using var host = new HostFixture();
        // Case a: perfect for 7, organ 3 missed. Case b: half of 7 found.
        Write(host, "truth/a.nii.gz", (7, 0, 20), (3, 40, 10));
        Write(host, "predicted/a_seg.nii.gz", (7, 0, 20));
        Write(host, "truth/b_label.nii.gz", (7, 0, 20));
        Write(host, "predicted/b.nii.gz", (7, 0, 10));
        Assert.Equal(ExitCodes.Done, await host.RunAsync(
            "evaluate", Path.Combine(host.Folder, "predicted"), "--truth", Path.Combine(host.Folder, "truth"), "--labels", "kidney=7,spleen=3", "--metrics", "dice,hd95", "--json"));
        JsonNode result = JsonNode.Parse(host.Output)!["evaluations"]!["predictions"]!;
        Assert.Equal("strict", (string?)result["settings"]!["policy"]);
        Assert.Equal(0, (double)result["scores"]!["a"]!["spleen"]!["dice"]!);
        // Spacing 1, 2, 3 mm: the diagonal of 6 x 5 x 4 voxels.
        Assert.Equal(Math.Sqrt(36 + 100 + 144), (double)result["scores"]!["a"]!["spleen"]!["hd95"]!, 1e-9);
        Assert.Null(result["scores"]!["b"]!["spleen"]!["dice"]);
        Assert.Equal((1 + 2 * 10 / 30.0) / 2, (double)result["dice"]!["kidney"]!, 1e-12);
        Assert.Equal(20 * 6 / 1000.0, (double)result["scores"]!["a"]!["kidney"]!["truth_ml"]!, 1e-9);
    }

    // Core 1, edema 2, enhancing 4. Voxels 0 to 9 of the truth are 1, 10 to 19 are 4; the prediction has 4 at 0 to 19, which is the right whole and the right core.
    [Theory]
    [InlineData("{\"labels\":{\"background\":0,\"WT\":[1,2,4],\"TC\":[1,4],\"ET\":4,\"ignore\":9}}")]
    [InlineData("{\"labels\":[\"background\",\"a\",\"b\",\"c\"],\"values\":[0,1,2,4],\"regions\":[{\"name\":\"WT\",\"classes\":[1,2,3]},{\"name\":\"TC\",\"classes\":[1,3]},{\"name\":\"ET\",\"classes\":[3]}]}")]
    public async Task Regions_are_scored_as_regions(string json)
    {
        using var host = new HostFixture();
        Write(host, "truth/a.nii.gz", (1, 0, 10), (4, 10, 10));
        Write(host, "predicted/a.nii.gz", (4, 0, 20));
        Assert.Equal(ExitCodes.Done, await host.RunAsync(
            "evaluate", Path.Combine(host.Folder, "predicted"), "--truth", Path.Combine(host.Folder, "truth"), "--labels", host.Write("labels.json", json), "--metrics", "dice", "--json"));
        JsonNode dice = JsonNode.Parse(host.Output)!["evaluations"]!["predictions"]!["dice"]!;
        Assert.Equal((1, 1), ((double)dice["WT"]!, (double)dice["TC"]!));
        Assert.Equal(2 * 10 / 30.0, (double)dice["ET"]!, 1e-12);
    }

    // Voxels whose truth is unknown count nowhere, whatever is predicted there.
    [Fact]
    public async Task Ignored_voxels_of_the_truth_affect_no_score()
    {
        using var host = new HostFixture();
        Write(host, "truth/a.nii.gz", (1, 0, 10), (3, 10, 30));
        Write(host, "predicted/a.nii.gz", (1, 0, 25));
        Assert.Equal(ExitCodes.Done, await host.RunAsync(
            "evaluate", Path.Combine(host.Folder, "predicted"), "--truth", Path.Combine(host.Folder, "truth"), "--labels", "liver=1,ignore=3", "--metrics", "dice", "--json"));
        Assert.Equal(1, (double)JsonNode.Parse(host.Output)!["evaluations"]!["predictions"]!["dice"]!["liver"]!);
    }

    [Fact]
    public async Task Cases_without_a_prediction_or_on_another_grid_are_named_and_the_others_scored()
    {
        using var host = new HostFixture();
        Write(host, "truth/a.nii.gz", (1, 0, 20));
        Write(host, "truth/b.nii.gz", (1, 0, 20));
        Write(host, "truth/c.nii.gz", (1, 0, 20));
        Write(host, "predicted/a.nii.gz", (1, 0, 20));
        string moved = Path.Combine(host.Folder, "predicted", "c.nii.gz");
        NiftiWriter.Write(moved, new Volume<ushort>(1, Size, Affine.FromRows(new double[,] { { 1, 0, 0, 5 }, { 0, 2, 0, 0 }, { 0, 0, 3, 0 } }), new ushort[Size.Count]), TestContext.Current.CancellationToken);
        string output = Path.Combine(host.Folder, "out");
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("evaluate", Path.Combine(host.Folder, "predicted"), "--truth", Path.Combine(host.Folder, "truth"), "--out", output));
        Assert.Contains("Case 'b'", host.Error);
        Assert.Contains("are at different places in space", host.Error);
        Assert.Contains("2 of 3", host.Error);
        Assert.Contains("strict", host.Output);
        JsonNode results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(output, "results.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(1, (double)results["evaluations"]!["predictions"]!["dice"]!["label 1"]!);
        Assert.Equal(2, (int)results["failed_cases"]!);
        // The same folder against itself: no difference to test.
        Assert.Equal(ExitCodes.Done, await host.RunAsync("compare", output, output));
        Assert.Contains("Wilcoxon", host.Output);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("evaluate", host.Folder, "--truth", host.Folder, "--labels", "kidney"));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("evaluate", host.Folder, "--truth", host.Folder, "--checkpoint", "last"));
    }

    [Fact]
    public async Task A_real_label_map_scores_one_with_itself_and_less_after_a_shift_by_a_voxel()
    {
        string truth = Scan("totalsegmentator/example_ct_seg.nii.gz");
        using var host = new HostFixture();
        Volume<ushort> labels = VolumeReader.ReadLabel(truth, TestContext.Current.CancellationToken);
        var moved = new ushort[labels.Voxels.Length];
        // One voxel towards the head; what leaves the scan at the top is gone.
        for (int i = 0; i < moved.Length; i++) moved[i] = i % labels.Size.Z == 0 ? (ushort)0 : labels.Voxels[i - 1];
        string prediction = Path.Combine(host.Folder, "moved.nii.gz");
        NiftiWriter.Write(prediction, new Volume<ushort>(1, labels.Size, labels.Affine, moved), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("evaluate", prediction, "--truth", truth, "--labels", "liver=5,aorta=52", "--metrics", "dice,hd95,assd,surface-dice", "--set", "evaluate.surface_tolerance_mm=3", "--json"));
        JsonNode liver = JsonNode.Parse(host.Output)!["evaluations"]!["predictions"]!["scores"]!.AsObject().Single().Value!["liver"]!;
        Assert.InRange((double)liver["dice"]!, 0.9, 0.999);
        // Voxels are 3 mm: every surface voxel has a neighbour of the other surface within one of them.
        Assert.InRange((double)liver["hd95"]!, 2.99, 3.01);
        Assert.InRange((double)liver["surface-dice"]!, 0.99, 1);
        Assert.InRange((double)liver["predicted_ml"]! / (double)liver["truth_ml"]!, 0.9, 1);
    }

    private static string Scan(string relative)
    {
        string root = Repository.Root;
        string folder = Environment.GetEnvironmentVariable("HIENDMAE_DATA") is { Length: > 0 } named ? named : Path.Combine(root, "..", "shared", "data");
        string path = Path.Combine(folder, relative);
        Assert.SkipUnless(Path.Exists(path), $"There are no scans at '{path}'; set HIENDMAE_DATA.");
        return path;
    }

    private static void Write(HostFixture host, string name, params (ushort Label, int First, int Count)[] runs)
    {
        string path = Path.Combine(host.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var voxels = new ushort[Size.Count];
        foreach ((ushort label, int first, int count) in runs) Array.Fill(voxels, label, first, count);
        NiftiWriter.Write(path, new Volume<ushort>(1, Size, Affine.FromSpacing(new Spacing3(1, 2, 3)), voxels), CancellationToken.None);
    }
}
