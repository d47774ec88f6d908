using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests.Data;

/// <summary>A tiny tree in the layout that each of the paper's datasets is published in, read through the program.</summary>
public sealed class PresetTests
{
    private static readonly string Folder = Repository.Experiment("datasets");

    // The names as they are published; images | labels, classes, and how many cases each split has.
    public static TheoryData<string, string, int, string> Trees() => new()
    {
        { "btcv", "Training/img/img0001.nii.gz|Training/label/label0001.nii.gz Training/img/img0034.nii.gz|Training/label/label0034.nii.gz Training/img/img0035.nii.gz|Training/label/label0035.nii.gz Training/img/img0036.nii.gz|Training/label/label0036.nii.gz Training/img/img0037.nii.gz|Training/label/label0037.nii.gz Training/img/img0038.nii.gz|Training/label/label0038.nii.gz Training/img/img0039.nii.gz|Training/label/label0039.nii.gz Training/img/img0040.nii.gz|Training/label/label0040.nii.gz Testing/img/img0061.nii.gz", 13, "1 2 6" },
        { "sliver07", "training-scans/liver-orig001.mhd|training-labels/liver-seg001.mhd training-scans/liver-orig002.mhd|training-labels/liver-seg002.mhd training-scans/liver-orig003.mhd|training-labels/liver-seg003.mhd training-scans/liver-orig004.mhd|training-labels/liver-seg004.mhd training-scans/liver-orig005.mhd|training-labels/liver-seg005.mhd test-scans/liver-orig001.mhd", 1, "1 1 4" },
        { "ct-org", Many(30, i => $"volume-{i}.nii.gz|labels-{i}.nii.gz"), 6, "0 2 28" },
        { "flare22", "Training/FLARE22_LabeledCase50/images/FLARE22_Tr_0001_0000.nii.gz|Training/FLARE22_LabeledCase50/labels/FLARE22_Tr_0001.nii.gz Tuning/images/FLARETs_0001_0000.nii.gz|Tuning/labels/FLARETs_0001.nii.gz Training/FLARE22_UnlabeledCase1-1000/Case_00001_0000.nii.gz Training/FLARE22_UnlabeledCase1001-2000/Case_01001_0000.nii.gz", 13, "2 1 1" },
        { "chaos", "Train_Sets/CT/1/DICOM_anon/ Test_Sets/CT/1/DICOM_anon/", 0, "2 0 0" },
        { "han-seg", "set_1/case_01/case_01_IMG_CT.nrrd set_1/case_02/case_02_IMG_CT.nrrd", 0, "2 0 0" },
        { "kipa22", Many(15, i => $"train/image/{i}.nii.gz|train/label/{i}.nii.gz"), 4, "0 1 14" },
        { "covid-19", "COVID-19-CT-Seg_20cases/coronacases_001.nii.gz COVID-19-CT-Seg_20cases/radiopaedia_4_85506_1.nii.gz", 0, "1 0 0" },
        { "pancreas-ct", "PANCREAS_0001/11-24-2015-PANCREAS0001-Pancreas-18957/Pancreas-63502/ PANCREAS_0002/11-24-2015-PANCREAS0002-Pancreas-90548/Pancreas-88330/", 0, "2 0 0" },
        { "lits", Many(27, i => $"volume-{i}.nii|segmentation-{i}.nii"), 2, "0 1 26" },
        { "abdomenct-1k", "AbdomenCT-1K-ImagePart1/Case_00001_0000.nii.gz AbdomenCT-1K-ImagePart3/Case_01062_0000.nii.gz", 0, "2 0 0" },
        { "luna16", "subset0/1.3.6.1.4.1.14519.5.2.1.6279.6001.105756658031515062000744821260.mhd subset9/1.3.6.1.4.1.14519.5.2.1.6279.6001.114914167428485563471327801935.mhd", 0, "2 0 0" },
        { "abdomenatlas", "BDMAP_00000001/ct.nii.gz BDMAP_00005195/ct.nii.gz", 0, "2 0 0" },
        { "word", "imagesTr/word_0002.nii.gz|labelsTr/word_0002.nii.gz imagesVal/word_0001.nii.gz|labelsVal/word_0001.nii.gz", 16, "0 1 1" },
        { "amos", "imagesTr/amos_0001.nii.gz|labelsTr/amos_0001.nii.gz imagesTr/amos_0507.nii.gz|labelsTr/amos_0507.nii.gz imagesVa/amos_0008.nii.gz|labelsVa/amos_0008.nii.gz imagesTs/amos_0002.nii.gz", 15, "1 2 1" },
        { "brats21", Many(252, i => $"BraTS2021_{i:00000}/BraTS2021_{i:00000}_flair.nii.gz|BraTS2021_{i:00000}/BraTS2021_{i:00000}_seg.nii.gz"), 3, "0 1 251" },
    };

    [Fact]
    public void There_is_a_preset_for_every_dataset_of_table_1() =>
        Assert.Equal(Trees().Select(row => $"_{row.Data.Item1}.toml").Append("_pretraining-10k.toml").Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Presets_are_valid()
    {
        using var host = new HostFixture();
        host.Variables["HIENDMAE_DATA"] = host.Folder;
        Assert.Equal(ExitCodes.Done, await host.RunAsync(["validate", .. Directory.GetFiles(Folder, "*.toml")]));
        Assert.Equal("", host.Error);
        Assert.All(Trees().Select(row => File.ReadAllText(Path.Combine(Folder, $"_{row.Data.Item1}.toml"))), text => Assert.Matches("# Data:     http[^#]*# Layout: [\\s\\S]*# Split: [\\s\\S]*# Checked:  .*(github.com|http)", text));
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public async Task A_tree_in_the_published_layout_is_read(string name, string tree, int classes, string counts)
    {
        using var host = new HostFixture();
        host.Variables["HIENDMAE_DATA"] = host.Folder;
        ushort[] values = name == "brats21" ? [1, 2, 4] : [.. Enumerable.Range(1, Math.Max(1, classes)).Select(value => (ushort)value)];
        foreach (string[] files in tree.Split(' ').Select(item => item.Split('|')))
        {
            FakeScan.Write(Path.Combine(host.Folder, name, files[0]));
            if (files.Length > 1) FakeScan.Write(Path.Combine(host.Folder, name, files[1]), values);
            if (name != "brats21") continue;
            foreach (string sequence in (string[])["t1", "t1ce", "t2"]) FakeScan.Write(Path.Combine(host.Folder, name, files[0].Replace("_flair", "_" + sequence, StringComparison.Ordinal)));
        }
        Assert.Equal(ExitCodes.Done, await host.RunAsync("data", "inspect", Path.Combine(Folder, $"_{name}.toml"), "--dataset", name, "--json"));
        Assert.Equal("", host.Error);
        JsonNode found = JsonNode.Parse(host.Output)![name]!;
        Assert.Equal(counts, $"{found["cases"]!["pretraining"]} {found["cases"]!["training"]} {found["cases"]!["test"]}");
        Assert.Equal(classes, found["labels"]!.AsObject().Count);
        int labelled = (int)found["cases"]!["training"]! + (int)found["cases"]!["test"]!;
        Assert.All(found["labels"]!.AsObject(), label => Assert.Equal(labelled, (int)label.Value!["cases"]!));
        Assert.Equal(name == "brats21" ? 4 : 1, found["channels"]!.AsArray().Count);
    }

    private static string Many(int count, Func<int, string> item) => string.Join(' ', Enumerable.Range(0, count).Select(item));
}
