using HiEndMae.Imaging;
using HiEndMae.Plugins.Datasets;

namespace HiEndMae.Plugins.Tests;

/// <summary>Folders as they come from other systems: hidden files, links, label maps that are missing, values that mean nothing.</summary>
public sealed class DatasetFilesTests : IDisposable
{
    private static readonly Size3 Size = new(2, 2, 2);
    private readonly string root = Directory.CreateTempSubdirectory("hiendmae-files-").FullName;
    private readonly List<string> warnings = [];

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Hidden_files_are_not_cases()
    {
        foreach (string name in (string[])["imagesTr/a_0000.nii.gz", "imagesTr/._a_0000.nii.gz", "imagesTr/.DS_Store", ".git/x_0000.nii.gz"]) Touch(name);
        foreach (string name in (string[])["labelsTr/a.nii.gz", "labelsTr/._a.nii.gz"]) Touch(name);
        Write("dataset.json", "{\"labels\":{\"background\":0,\"liver\":1}}");
        Assert.Equal(["a"], Ids(new Nnunet(new NnunetConfig { Root = root }, Context), DatasetSplit.Training));
        Assert.Equal(["a"], Ids(Layout("imagesTr/{case}_0000.nii.gz", "labelsTr/{case}.nii.gz"), DatasetSplit.Training));
        Assert.Equal(["a", "a_0000"], Ids(Folder("**/*.nii.gz"), DatasetSplit.Pretraining).Order());
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_link_to_a_parent_folder_does_not_loop_and_a_second_path_to_a_file_counts_once()
    {
        Touch("a/p0.nii.gz");
        Touch("a/p1.nii.gz");
        Link("latest", ".", isFolder: true);
        Link("a/parent", "..", isFolder: true);
        Link("p2.nii.gz", "a/p1.nii.gz", isFolder: false);
        Assert.Equal(["p0", "p1"], Ids(Folder("**/*.nii.gz"), DatasetSplit.Pretraining));
        Assert.Contains("p2.nii.gz", Assert.Single(warnings));
        warnings.Clear();
        Assert.Equal(["p0", "p1"], Ids(Layout("a/{case}.nii.gz", "", split: SourceSplit.Unlabelled), DatasetSplit.Pretraining));
        Assert.Empty(warnings);
    }

    [Fact]
    public void The_search_can_be_stopped()
    {
        Touch("a/p0.nii.gz");
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new NiftiFolder(new NiftiFolderConfig { Root = root, Images = ["**/*.nii.gz"] }, Context with { Cancel = stop.Token }));
    }

    // git-annex and DataLad put a link where the file was. A corrected version is another file at the end of the same link.
    [Fact]
    public void The_cache_key_follows_a_link()
    {
        Touch("objects/one.nii.gz");
        Link("a.nii.gz", "objects/one.nii.gz", isFolder: false);
        DatasetCase Only() => Folder("*.nii.gz").Cases(DatasetSplit.Pretraining).Single();
        string before = Only().ContentKey;
        Assert.Equal(before, Only().ContentKey);
        File.SetLastWriteTimeUtc(Path.Combine(root, "objects", "one.nii.gz"), DateTime.UtcNow.AddMinutes(-5));
        Assert.NotEqual(before, Only().ContentKey);
        Touch("objects/other.nii.gz");
        File.Delete(Path.Combine(root, "a.nii.gz"));
        Link("a.nii.gz", "objects/other.nii.gz", isFolder: false);
        Assert.Contains("other.nii.gz", Only().ContentKey, StringComparison.Ordinal);
        // Content that is not fetched yet.
        File.Delete(Path.Combine(root, "objects", "other.nii.gz"));
        Assert.Contains("git annex get", Assert.Throws<VolumeException>(() => Layout("{case}.nii.gz", "", split: SourceSplit.Unlabelled)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unpaired_images_and_label_maps_are_reported_and_the_pairs_are_used()
    {
        foreach (string name in (string[])["a", "b"]) Touch($"imagesTr/{name}_0000.nii.gz");
        foreach (string name in (string[])["a", "c"]) Touch($"labelsTr/{name}.nii.gz");
        Write("dataset.json", "{\"labels\":{\"background\":0,\"liver\":1},\"numTraining\":99}");
        var nnunet = new Nnunet(new NnunetConfig { Root = root }, Context);
        Assert.Equal(["a"], nnunet.Cases(DatasetSplit.Training).Where(one => one.HasLabel).Select(one => one.Id));
        Assert.Equal(["a", "b"], Ids(nnunet, DatasetSplit.Pretraining));
        Assert.Collection(
            warnings,
            one => Assert.Contains("imagesTr/b_0000.nii.gz", one.Replace('\\', '/'), StringComparison.Ordinal),
            one => Assert.Contains("labelsTr/c.nii.gz", one.Replace('\\', '/'), StringComparison.Ordinal),
            one => Assert.Contains("declares 99", one, StringComparison.Ordinal));
        warnings.Clear();
        Assert.Equal(["a"], Layout("imagesTr/{case}_0000.nii.gz", "labelsTr/{case}.nii.gz").Cases(DatasetSplit.Training).Where(one => one.HasLabel).Select(one => one.Id));
        Assert.Equal(2, warnings.Count);
        Assert.Contains("labelsTr", Assert.Throws<VolumeException>(() => new Nnunet(new NnunetConfig { Root = root, Test = ["b"] }, Context)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Label_values_are_restored_classes_merge_and_unlabelled_voxels_are_ignored()
    {
        Write("dataset.json", "{\"labels\":{\"background\":0,\"spleen\":\"1\",\"liver\":5,\"ignore\":9}}");
        Save("imagesTr/a_0000.nii.gz", "labelsTr/a.nii.gz", [0, 1, 5, 9, 0, 0, 0, 0]);
        var nnunet = new Nnunet(new NnunetConfig { Root = root }, Context);
        Assert.Equal(["background", "spleen", "liver"], nnunet.Info.LabelNames);
        Assert.True(nnunet.Info.HasIgnored);
        Assert.Equal([0, 1, 5], nnunet.Info.LabelValues);
        Assert.Equal([0, 1, 2, DatasetInfo.IgnoredIndex], nnunet.Cases(DatasetSplit.Training).Single().LoadLabel(CancellationToken.None)!.Voxels[..4]);
        Layout merged = Layout("imagesTr/{case}_0000.nii.gz", "labelsTr/{case}.nii.gz", [new LabelEntry { Name = "both", Ids = [5, 1] }], ignore: 9);
        Assert.Equal([0, 5], merged.Info.LabelValues);
        Assert.Equal([0, 1, 1, DatasetInfo.IgnoredIndex], merged.Cases(DatasetSplit.Training).Single().LoadLabel(CancellationToken.None)!.Voxels[..4]);
        Assert.NotEqual(nnunet.Cases(DatasetSplit.Training).Single().ContentKey, merged.Cases(DatasetSplit.Training).Single().ContentKey);
    }

    [Fact]
    public void NnUNet_with_listed_files_in_another_format_and_one_channel_as_text()
    {
        Write("dataset.json", """
            {"modality": "CT", "labels": {"background": 0, "liver": 1}, "file_ending": ".mha",
             "dataset": {"x": {"images": ["raw/scan.mha"], "label": "raw/mask.mha"}}}
            """);
        Directory.CreateDirectory(Path.Combine(root, "raw"));
        MetaImageWriter.Write(Path.Combine(root, "raw", "scan.mha"), new Volume<float>(1, Size, Affine.FromSpacing(Spacing3.Isotropic(1)), new float[8]), isCompressed: true, CancellationToken.None);
        MetaImageWriter.Write(Path.Combine(root, "raw", "mask.mha"), new Volume<ushort>(1, Size, Affine.FromSpacing(Spacing3.Isotropic(1)), [0, 1, 1, 0, 0, 0, 0, 0]), isCompressed: true, CancellationToken.None);
        var dataset = new Nnunet(new NnunetConfig { Root = root }, Context);
        Assert.Equal(["CT"], dataset.Info.ChannelNames);
        DatasetCase only = dataset.Cases(DatasetSplit.Training).Single();
        Assert.Equal(("x", 2), (only.Id, only.LoadLabel(CancellationToken.None)!.Voxels.Count(value => value == 1)));
    }

    // The files say what they are; a description that was copied from another dataset does not.
    [Theory]
    [InlineData("\"file_ending\": \".nrrd\",", 1)]
    [InlineData("\"file_ending\": \"nii.gz\",", 0)]
    [InlineData("\"file_ending\": \".NII.GZ\",", 0)]
    [InlineData("\"file_ending\": \".png\",", 1)]
    [InlineData("", 0)]
    public void NnUNet_with_a_wrong_file_ending_reads_the_files_that_are_there(string ending, int numWarnings)
    {
        foreach (string name in (string[])["imagesTr/a_0000.nii.gz", "imagesTr/readme.txt", "labelsTr/a.nii.gz"]) Touch(name);
        Write("dataset.json", $$"""{ {{ending}} "labels": {"background": 0, "liver": 1} }""");
        Assert.Equal(["a"], Ids(new Nnunet(new NnunetConfig { Root = root }, Context), DatasetSplit.Training));
        Assert.Equal(numWarnings, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains("'.nii.gz'; these are used", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void An_image_that_two_listed_cases_share_counts_once_and_is_reported()
    {
        foreach (string name in (string[])["raw/a.nii.gz", "raw/la.nii.gz"]) Touch(name);
        Link("raw/link.nii.gz", "a.nii.gz", isFolder: false);
        Write("dataset.json", """{"labels": {"background": 0, "liver": 1}, "dataset": {"x": {"images": ["raw/a.nii.gz"], "label": "raw/la.nii.gz"}, "y": {"images": ["raw/a.nii.gz"], "label": "raw/la.nii.gz"}, "z": {"images": ["raw/link.nii.gz"], "label": "raw/la.nii.gz"}}}""");
        Assert.Equal(["x"], Ids(new Nnunet(new NnunetConfig { Root = root }, Context), DatasetSplit.Training));
        Assert.Contains(warnings, warning => warning.Contains("case 'y'", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("case 'z'", StringComparison.Ordinal));
        // A test list that names a training image through a link.
        Write("dataset.json", """{"labels": {"0": "background", "1": "liver"}, "training": [{"image": "raw/a.nii.gz", "label": "raw/la.nii.gz"}], "test": [{"image": "raw/link.nii.gz", "label": "raw/la.nii.gz"}]}""");
        Assert.Contains("in both 'training' and 'test'", Assert.Throws<VolumeException>(() => new Decathlon(new DecathlonConfig { Root = root, TestList = "test" }, Context)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NnUNet_with_an_unknown_file_ending_and_no_files_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(root, "imagesTr"));
        Write("dataset.json", "{\"file_ending\": \".png\", \"labels\": {\"background\": 0, \"liver\": 1}}");
        Assert.Contains(".nhdr", Assert.Throws<VolumeException>(() => new Nnunet(new NnunetConfig { Root = root }, Context)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Regions_of_nnUNet_and_of_a_config_are_the_same()
    {
        Write("dataset.json", "{\"labels\":{\"background\":0,\"WT\":[1,2,4],\"TC\":[1,4],\"ET\":4},\"regions_class_order\":[2,1,4]}");
        Save("imagesTr/a_0000.nii.gz", "labelsTr/a.nii.gz", [0, 1, 2, 4, 0, 0, 0, 0]);
        var nnunet = new Nnunet(new NnunetConfig { Root = root }, Context);
        RegionEntry[] regions = [new() { Name = "WT", Ids = [1, 2, 4] }, new() { Name = "TC", Ids = [1, 4] }, new() { Name = "ET", Ids = [4] }];
        var layout = new Layout(
            new LayoutConfig { Root = root, Sources = [new LayoutSource { Images = ["imagesTr/{case}_0000.nii.gz"], Label = "labelsTr/{case}.nii.gz" }], Regions = regions }, Context);
        foreach (Dataset dataset in (Dataset[])[nnunet, layout])
        {
            Assert.Equal(["background", "WT", "TC", "ET"], dataset.Info.ScoredNames);
            Assert.Equal((3, "0 1 2 4"), (dataset.Info.NumOutputs, string.Join(' ', dataset.Info.LabelValues)));
            Assert.Equal(["WT 1,2,3 2", "TC 1,3 1", "ET 3 3"], dataset.Info.Regions.Select(region => $"{region.Name} {string.Join(',', region.Classes)} {region.Index}"));
            Assert.Equal([0, 1, 2, 3], dataset.Cases(DatasetSplit.Training).Single().LoadLabel(CancellationToken.None)!.Voxels[..4]);
        }
        regions[0] = regions[0] with { Ids = [1, 4] };
        Assert.Contains("'value'", Assert.Throws<VolumeException>(() => LabelTable.Of([], regions, null, othersAreBackground: true, root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_mask_per_organ_becomes_one_label_map()
    {
        Save("s1/ct.nii.gz", "s1/segmentations/liver.nii.gz", [0, 1, 1, 0, 0, 0, 0, 0]);
        Save("s1/ct.nii.gz", "s1/segmentations/spleen.nii.gz", [0, 0, 255, 255, 0, 0, 0, 0]);
        LabelEntry[] labels = [new() { Name = "liver", Id = 5 }, new() { Name = "spleen", Id = 1 }, new() { Name = "heart", Id = 9 }];
        Layout dataset = Layout("{case}/ct.nii.gz", "{case}/segmentations/{label}.nii.gz", labels);
        Assert.Contains("heart", Assert.Single(warnings), StringComparison.Ordinal);
        DatasetCase only = dataset.Cases(DatasetSplit.Training).Single();
        Assert.Equal([0, 1, 2, 2, 0, 0, 0, 0], only.LoadLabel(CancellationToken.None)!.Voxels);
        Assert.Equal([0, 5, 1, 9], dataset.Info.LabelValues);
        string key = only.ContentKey;
        File.SetLastWriteTimeUtc(Path.Combine(root, "s1/segmentations/spleen.nii.gz"), DateTime.UtcNow.AddMinutes(-3));
        Assert.NotEqual(key, only.ContentKey);
    }

    [Fact]
    public void Splits_are_drawn_by_patient_and_folds_cover_every_case_once()
    {
        (string Name, string Patient)[] cases = [.. Enumerable.Range(0, 20).Select(i => ($"c{i}", $"p{i / 2}"))];
        string[][] folds = [.. Enumerable.Range(0, 4).Select(fold => (string[])[.. new DrawnSplit { Folds = 4, Fold = fold, ValidationCount = 2 }.Draw(cases, root).Test])];
        Assert.Equal(cases.Select(one => one.Name).Order(), folds.SelectMany(fold => fold).Order());
        Assert.All(folds, fold => Assert.All(fold.GroupBy(name => cases.First(one => one.Name == name).Patient), patient => Assert.Equal(2, patient.Count())));
        (IReadOnlyList<string> validation, IReadOnlyList<string> test) = new DrawnSplit { TestFraction = 0.2, ValidationFraction = 0.1, Seed = 3 }.Draw(cases, root);
        Assert.Equal((2, 4), (validation.Count, test.Count));
        Assert.Empty(validation.Intersect(test));
        Assert.Equal(test, new DrawnSplit { TestCount = 4, Seed = 3 }.Draw(cases, root).Test);
        Assert.Throws<VolumeException>(() => new DrawnSplit { TestCount = 20 }.Draw(cases, root));
        Write("dataset.json", "{\"labels\":{\"0\":\"background\",\"1\":\"liver\"},\"training\":[" + string.Join(',', Enumerable.Range(0, 5).Select(i => $"{{\"image\":\"c{i}.nii.gz\",\"label\":\"l{i}.nii.gz\"}}")) + "]}");
        for (int i = 0; i < 5; i++)
        {
            Touch($"c{i}.nii.gz");
            Touch($"l{i}.nii.gz");
        }
        var dataset = new Decathlon(new DecathlonConfig { Root = root, Split = new DrawnSplit { Folds = 5, Fold = 2 } }, Context);
        Assert.Equal((4, 0, 1), (Ids(dataset, DatasetSplit.Training).Count(), Ids(dataset, DatasetSplit.Validation).Count(), Ids(dataset, DatasetSplit.Test).Count()));
        Assert.Equal(4, Ids(dataset, DatasetSplit.Pretraining).Count());
    }

    // The label map is stored with other axes, backwards, and off by a 25th of a voxel; it lies where the image does.
    [Fact]
    public void A_label_map_with_another_order_of_axes_is_turned_to_its_image()
    {
        Directory.CreateDirectory(Path.Combine(root, "labelsTr"));
        Directory.CreateDirectory(Path.Combine(root, "imagesTr"));
        var size = new Size3(2, 3, 4);
        NiftiWriter.Write(Path.Combine(root, "imagesTr", "a_0000.nii.gz"), new Volume<float>(1, size, Affine.FromSpacing(Spacing3.Isotropic(1)), new float[24]), CancellationToken.None);
        var turned = new ushort[24];
        // Voxel (z, 1 - x, y) of the map is voxel (x, y, z) of the image; (1, 2, 3) is marked.
        turned[(3 * 2 + 0) * 3 + 2] = 1;
        NiftiWriter.Write(Path.Combine(root, "labelsTr", "a.nii.gz"), new Volume<ushort>(1, new Size3(4, 2, 3), new Affine(0, -1, 0, 1.04, 0, 0, 1, 0, 1, 0, 0, 0), turned), CancellationToken.None);
        Volume<ushort> label = Layout("imagesTr/{case}_0000.nii.gz", "labelsTr/{case}.nii.gz").Cases(DatasetSplit.Training).Single().LoadLabel(CancellationToken.None)!;
        Assert.Equal(size, label.Size);
        Assert.Equal((1 * 3 + 2) * 4 + 3, Array.IndexOf(label.Voxels, (ushort)1));
    }

    private DatasetContext Context => new(warnings.Add);

    private static IEnumerable<string> Ids(Dataset dataset, DatasetSplit split) => dataset.Cases(split).Select(one => one.Id);

    private NiftiFolder Folder(string pattern) => new(new NiftiFolderConfig { Root = root, Images = [pattern] }, Context);

    private Layout Layout(string images, string label, LabelEntry[]? labels = null, SourceSplit split = SourceSplit.Training, int? ignore = null) => new(
        new LayoutConfig
        {
            Root = root,
            Sources = [new LayoutSource { Images = [images], Label = label, Split = split }],
            Labels = labels ?? [new LabelEntry { Name = "liver", Id = 1 }],
            Ignore = ignore,
        }, Context);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(root, name), text);

    private void Touch(string name)
    {
        string path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }

    private void Link(string name, string target, bool isFolder)
    {
        string path = Path.Combine(root, name);
        _ = isFolder ? Directory.CreateSymbolicLink(path, target) : File.CreateSymbolicLink(path, target);
    }

    private void Save(string image, string label, ushort[] voxels)
    {
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(1));
        Touch(image);
        Touch(label);
        NiftiWriter.Write(Path.Combine(root, image), new Volume<float>(1, Size, affine, new float[8]), CancellationToken.None);
        NiftiWriter.Write(Path.Combine(root, label), new Volume<ushort>(1, Size, affine, voxels), CancellationToken.None);
    }
}
