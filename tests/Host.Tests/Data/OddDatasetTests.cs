using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Host.Tests.Data;

/// <summary>Datasets as people publish them, from the command line: the same file is judged alike by <c>inspect</c>, <c>prepare</c>, <c>run</c> and <c>predict</c>, and nothing goes wrong in silence.</summary>
public sealed class OddDatasetTests
{
    private const int Edge = 16;
    private static readonly Affine Place = new(-1.5, 0, 0, 30, 0, -1.5, 0, 27, 0, 0, 3, -45);

    private const string Experiment = """
        name = "odd"
        device = "cpu"
        [encoder]
        plugin = "vit3d"
        embed_dim = 24
        depth = 4
        num_heads = 2
        patch_size = 8
        [finetune]
        init = ["scratch"]
        steps = 2
        log_every = 1
        [finetune.head]
        plugin = "unetr"
        feature_size = 4
        skip_blocks = [1, 2, 3]
        [finetune.data]
        plugin = "nnunet"
        root = "./ds"
        test = ["c"]
        crop = 16
        spacing_mm = 3.0
        window = [-175, 250]
        crops_per_volume = 1
        [evaluate]
        overlap = 0.25
        """;

    [Fact]
    public async Task A_test_case_with_other_channels_ends_the_run_before_training()
    {
        using var host = new HostFixture();
        string file = Dataset(host);
        NiftiWriter.Write(Path.Combine(host.Folder, "ds", "imagesTr", "c_0000.nii.gz"), new Volume<float>(2, Size3.Cube(Edge), Place, new float[2 * Edge * Edge * Edge]), CancellationToken.None);
        foreach (string[] command in Commands(host, file))
        {
            Assert.Equal(ExitCodes.BadData, await host.RunAsync(command));
            Assert.Contains("Case 'c'", host.Error, StringComparison.Ordinal);
            Assert.Contains("2 channels, but dataset 'ds' names 1: CT", host.Error, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFiles(host.Folder, "weights.safetensors", SearchOption.AllDirectories));
    }

    // Fewer cases than declared, a class that no training case has, a voxel size of 0, intensities of HU + 1024, another ending than the files have.
    [Fact]
    public async Task What_is_odd_is_a_warning_of_every_command_that_names_the_file()
    {
        using var host = new HostFixture();
        string file = Dataset(host, json: """{"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "spleen": 2}, "numTraining": 99, "file_ending": ".nrrd"}""", offset: 1024);
        string scan = Path.Combine(host.Folder, "ds", "imagesTr", "a_0000.nii.gz");
        NiftiWriter.Write(Path.ChangeExtension(scan, null), new Volume<float>(1, Size3.Cube(Edge), Place, Image(1024)), CancellationToken.None);
        byte[] bytes = await File.ReadAllBytesAsync(Path.ChangeExtension(scan, null), TestContext.Current.CancellationToken);
        BitConverter.GetBytes(0f).CopyTo(bytes, 88);
        await using (var packed = new System.IO.Compression.GZipStream(File.Create(scan), System.IO.Compression.CompressionLevel.Fastest)) packed.Write(bytes);
        File.Delete(Path.ChangeExtension(scan, null));
        foreach (string[] command in Commands(host, file))
        {
            Assert.Equal(ExitCodes.Done, await host.RunAsync(command));
            foreach (string words in (string[])["declares 99 training cases (numTraining), but there are 3", "'spleen' has no voxel in any training case", "pixdim of 0 along z", "looks like HU + 1024", "end in '.nii.gz'; these are used"])
                Assert.Contains(words, host.Error, StringComparison.Ordinal);
            Assert.Contains("a_0000.nii.gz", host.Error, StringComparison.Ordinal);
        }
        string run = Directory.GetDirectories(Path.Combine(host.Folder, "runs", "odd")).Single();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", run, scan, "--out", Path.Combine(host.Folder, "out")));
        Assert.Contains("pixdim of 0 along z", host.Error, StringComparison.Ordinal);
        Assert.Contains("looks like HU + 1024", host.Error, StringComparison.Ordinal);
    }

    // An origin that differs by three thousandths of a voxel; labels as real numbers; voxels that nobody has labelled; label values that are not consecutive.
    [Fact]
    public async Task Rounded_headers_and_values_are_read_and_label_values_come_back()
    {
        using var host = new HostFixture();
        string file = Dataset(host, json: """{"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 5, "ignore": 9}}""", values: [0, 5, 9]);
        float[] labels = [.. Labels([0, 5, 9]).Select(value => value == 0 ? 0 : value + 0.0004f)];
        NiftiWriter.Write(Path.Combine(host.Folder, "ds", "labelsTr", "a.nii.gz"), new Volume<float>(1, Size3.Cube(Edge), Place with { M03 = Place.M03 + 0.004 }, labels), CancellationToken.None);
        foreach (string[] command in Commands(host, file)) Assert.Equal(ExitCodes.Done, await host.RunAsync(command));
        string run = Directory.GetDirectories(Path.Combine(host.Folder, "runs", "odd")).Single(), output = Path.Combine(host.Folder, "out");
        JsonNode card = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "model.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal([0, 5], card["values"]!.AsArray().Select(value => (int)value!));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", run, "--dataset", "own", "--split", "test", "--out", output));
        Assert.All(NiftiReader.ReadLabel(Path.Combine(output, "c_seg.nii.gz"), CancellationToken.None).Voxels.Distinct(), value => Assert.True(value is 0 or 5, $"{value}"));
        Directory.CreateDirectory(Path.Combine(host.Folder, "truth"));
        File.Copy(Path.Combine(host.Folder, "ds", "labelsTr", "c.nii.gz"), Path.Combine(host.Folder, "truth", "c.nii.gz"));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("evaluate", output, "--truth", Path.Combine(host.Folder, "truth"), "--labels", Path.Combine(host.Folder, "ds", "dataset.json")));
        Assert.Contains("liver", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ignore", host.Output, StringComparison.Ordinal);
    }

    private static string[][] Commands(HostFixture host, string file) =>
        [["data", "inspect", file], ["data", "prepare", file, "--out", Path.Combine(host.Folder, "prepared")], ["run", file, "--out", Path.Combine(host.Folder, "runs")]];

    // Three cases: two to train on, one to test.
    private static string Dataset(HostFixture host, string? json = null, float offset = 0, ushort[]? values = null)
    {
        string root = Path.Combine(host.Folder, "ds");
        foreach (string part in (string[])["imagesTr", "labelsTr"]) Directory.CreateDirectory(Path.Combine(root, part));
        foreach (string name in (string[])["a", "b", "c"])
        {
            NiftiWriter.Write(Path.Combine(root, "imagesTr", $"{name}_0000.nii.gz"), new Volume<float>(1, Size3.Cube(Edge), Place, Image(offset)), CancellationToken.None);
            NiftiWriter.Write(Path.Combine(root, "labelsTr", $"{name}.nii.gz"), new Volume<ushort>(1, Size3.Cube(Edge), Place, Labels(values ?? [0, 1, 0])), CancellationToken.None);
        }
        File.WriteAllText(Path.Combine(root, "dataset.json"), json ?? """{"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1}}""");
        return host.Write("odd.toml", Experiment);
    }

    // Air around a body with an organ.
    private static float[] Image(float offset) => [.. Enumerable.Range(0, Edge * Edge * Edge).Select(i => offset + Part(i) switch { 0 => -1000, 1 => 110, _ => 40f })];

    private static ushort[] Labels(ushort[] values) => [.. Enumerable.Range(0, Edge * Edge * Edge).Select(i => values[Part(i)])];

    // 1 in the organ, 2 in the rest of the body.
    private static int Part(int index)
    {
        (int x, int y, int z) = (index / Edge / Edge, index / Edge % Edge, index % Edge);
        if (x is >= 5 and < 9 && y is >= 5 and < 9 && z is >= 5 and < 9) return 1;
        return x is >= 2 and < 14 && y is >= 2 and < 14 && z is >= 2 and < 14 ? 2 : 0;
    }
}
