using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Runs.Prediction;

namespace HiEndMae.Host.Tests;

/// <summary>Whole datasets and folders are segmented, under names that <c>evaluate</c> can pair.</summary>
public sealed class PredictDatasetTests(EvaluateTests.TinyRun run) : IClassFixture<EvaluateTests.TinyRun>
{
    [Fact]
    public async Task Splits_of_the_run_s_dataset_and_nested_folders_are_predicted()
    {
        using var host = new HostFixture();
        string output = Path.Combine(host.Folder, "own"), studies = Path.Combine(host.Folder, "studies");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", run.Folder, "--dataset", "own", "--split", "test", "--out", output));
        Assert.Equal(["phantom-test-000_seg.json", "phantom-test-000_seg.nii.gz"], Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (string name in (string[])["p1/ct.nii.gz", "p2/ct.nii.gz", "p2/other.nii.gz", "p2/._other.nii.gz"]) Save(Path.Combine(studies, name));
        Directory.CreateSymbolicLink(Path.Combine(studies, "p1", "again"), studies);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", run.Folder, studies, "--out", Path.Combine(host.Folder, "out"), "--json"));
        Assert.Equal(["other_seg.nii.gz", "p1_ct_seg.nii.gz", "p2_ct_seg.nii.gz"], Directory.GetFiles(Path.Combine(host.Folder, "out"), "*.nii.gz").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("predict", run.Folder));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("predict", run.Folder, studies, "--dataset", "own"));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("predict", run.Folder, "--dataset", "btcv"));
        Assert.Contains("--datasets FILE", host.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("predict", run.Folder, "--dataset", "own", "--split", "validation"));
    }

    [Fact]
    public void Files_of_several_channels_are_one_scan()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-scans-").FullName;
        try
        {
            foreach (string name in (string[])["a_0000.nii.gz", "a_0001.nii.gz", "b_0000.nii.gz", "b_0001.nii.gz", "c.nii.gz"]) Save(Path.Combine(folder, name));
            var finder = new ScanFinder(["T1", "T2"], TestContext.Current.CancellationToken);
            IReadOnlyList<PredictionCase> found = finder.Find([folder]);
            Assert.Equal(["a", "b", "c"], found.Select(one => one.Name));
            Assert.Equal(["a_0000.nii.gz", "a_0001.nii.gz"], found[0].Case.ImageFiles.Select(Path.GetFileName));
            Assert.Equal(2, found[0].Case.LoadImage(TestContext.Current.CancellationToken).Channels);
            Assert.Equal("b", Assert.Single(finder.Find([Path.Combine(folder, "b_0001.nii.gz"), Path.Combine(folder, "b_0000.nii.gz")])).Name);
            File.Delete(Path.Combine(folder, "b_0001.nii.gz"));
            Assert.Contains("b_0001.nii.gz", Assert.Throws<VolumeException>(() => finder.Find([folder])).Message, StringComparison.Ordinal);
            Assert.Equal(["a_0000", "a_0001"], new ScanFinder(["CT"], TestContext.Current.CancellationToken).Find([Path.Combine(folder, "a_0000.nii.gz"), Path.Combine(folder, "a_0001.nii.gz")]).Select(one => one.Name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // nnU-Net's images have a channel's number that its label maps do not have. In other datasets such a number is a part of the name.
    [Fact]
    public async Task Predictions_of_files_with_channel_numbers_are_paired_with_their_truths()
    {
        using var host = new HostFixture();
        foreach (string name in (string[])["out/liver_000_0000_seg.nii.gz", "truth/liver_000.nii.gz", "amos/amos_0000_seg.nii.gz", "amos/amos_0001_seg.nii.gz", "labels/amos_0000.nii.gz", "labels/amos_0001.nii.gz", "labels/._amos_0000.nii.gz"])
            Save(Path.Combine(host.Folder, name), isLabel: true);
        foreach ((string predicted, string truth, int cases) in ((string, string, int)[])[("out", "truth", 1), ("amos", "labels", 2)])
        {
            using var one = new HostFixture();
            Assert.Equal(ExitCodes.Done, await one.RunAsync("evaluate", Path.Combine(host.Folder, predicted), "--truth", Path.Combine(host.Folder, truth), "--json"));
            Assert.Equal(cases, JsonNode.Parse(one.Output)!["evaluations"]!["predictions"]!["scores"]!.AsObject().Count);
        }
    }

    private static void Save(string path, bool isLabel = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Size3 size = Size3.Cube(10);
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(12));
        if (isLabel) NiftiWriter.Write(path, new Volume<ushort>(1, size, affine, [.. Enumerable.Range(0, 1000).Select(i => (ushort)(i % 2))]), CancellationToken.None);
        else NiftiWriter.Write(path, new Volume<float>(1, size, affine, [.. Enumerable.Range(0, 1000).Select(i => (float)(i % 400 - 200))]), CancellationToken.None);
    }
}
