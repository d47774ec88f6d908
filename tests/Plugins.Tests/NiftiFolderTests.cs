using HiEndMae.Imaging;
using HiEndMae.Plugins.Datasets;

namespace HiEndMae.Plugins.Tests;

public sealed class NiftiFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("hiendmae-folder-").FullName;
    private readonly List<string> warnings = [];

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Patient_folders_whose_files_share_a_name_are_different_cases()
    {
        foreach (string patient in (string[])["s1", "s2", "s3"]) Save($"{patient}/ct.nii.gz", $"{patient}/seg.nii.gz");
        NiftiFolder dataset = Open(new NiftiFolderConfig { Root = root, Images = ["**/*.nii.gz"], Training = [Entry("s1")], Test = [Entry("s2")], Labels = [Label("liver", 5)] });
        // The label map of s3 is no listed one, so nothing tells it from an image.
        Assert.Equal(["s1_ct", "s2_ct", "s3_ct", "seg"], Ids(dataset, DatasetSplit.Pretraining));
        Assert.Equal(["s1_ct"], Ids(dataset, DatasetSplit.Training));
        Assert.Empty(Ids(dataset, DatasetSplit.Validation));
        Assert.Contains("s2", Assert.Single(warnings));
    }

    [Fact]
    public void Label_values_become_class_indices_and_others_background()
    {
        Save("a.nii.gz", "a_seg.nii.gz");
        NiftiFolder dataset = Open(new NiftiFolderConfig { Root = root, Training = [new() { Image = "a.nii.gz", Label = "a_seg.nii.gz" }], Labels = [Label("spleen", 7), Label("liver", 5)] });
        Assert.Equal(["background", "spleen", "liver"], dataset.Info.LabelNames);
        DatasetCase only = Assert.Single(dataset.Cases(DatasetSplit.Training));
        Assert.Equal([0, 2, 0, 1, 0, 0, 0, 0], only.LoadLabel(CancellationToken.None)!.Voxels);
        Assert.Equal(8, only.LoadImage(CancellationToken.None).Voxels.Length);
        Assert.Equal("a", only.Id);
        // Without patterns the training images are what there is to pre-train on.
        Assert.Equal(["a"], Ids(dataset, DatasetSplit.Pretraining));
        Assert.Empty(warnings);
    }

    [Fact]
    public void An_image_of_a_test_patient_is_warned_about_under_any_name()
    {
        Save("a.nii.gz", "a_seg.nii.gz");
        Save("p9.nii.gz", null);
        Open(new NiftiFolderConfig { Root = root, Images = ["p9.nii.gz"], Test = [new() { Image = "a.nii.gz", Label = "a_seg.nii.gz", Patient = "p9" }], Labels = [Label("liver", 5)] });
        Assert.Contains("p9.nii.gz", Assert.Single(warnings));
    }

    [Fact]
    public void The_content_key_follows_the_file_and_the_label_map()
    {
        Save("a.nii.gz", "a_seg.nii.gz");
        string Key(int id) => Open(new NiftiFolderConfig { Root = root, Training = [new() { Image = "a.nii.gz", Label = "a_seg.nii.gz" }], Labels = [Label("liver", id)] })
            .Cases(DatasetSplit.Training).Single().ContentKey;
        string before = Key(5);
        Assert.Equal(before, Key(5));
        Assert.NotEqual(before, Key(6));
        File.SetLastWriteTimeUtc(Path.Combine(root, "a_seg.nii.gz"), DateTime.UnixEpoch);
        Assert.NotEqual(before, Key(5));
    }

    public static TheoryData<string, object> Wrong() => new()
    {
        { "*.mha", new NiftiFolderConfig { Root = "", Images = ["*.mha"] } },
        { "neither", new NiftiFolderConfig { Root = "" } },
        { "gone.nii.gz", Cases(training: [new() { Image = "gone.nii.gz", Label = "a_seg.nii.gz" }]) },
        { "both", Cases(training: [A()], test: [A()]) },
        { "'p' in both", Cases(training: [A("p")], validation: [new() { Image = "b.nii.gz", Label = "a_seg.nii.gz", Patient = "p" }]) },
        { "twice", Cases(training: [A("p")], test: [A("q")]) },
        { "twice", Cases(training: [A(), A()]) },
        { "two names", Cases(training: [A()]) with { Labels = [Label("liver", 5), Label("spleen", 5)] } },
        { "labels", Cases(training: [A()]) with { Labels = [] } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Faults_of_a_folder_are_reported_at_once(string expected, object config)
    {
        Save("a.nii.gz", "a_seg.nii.gz");
        Save("b.nii.gz", null);
        string message = Assert.Throws<VolumeException>(() => Open((NiftiFolderConfig)config with { Root = root })).Message;
        Assert.Contains(expected, message);
        Assert.Contains(root, message);
    }

    [Fact]
    public void A_label_map_on_another_grid_is_refused()
    {
        Save("a.nii.gz", null);
        foreach ((Size3 size, double shift) in new[] { (new Size3(2, 2, 3), 0.0), (Size3.Cube(2), 5.0) })
        {
            var affine = new Affine(1, 0, 0, shift, 0, 1, 0, 0, 0, 0, 1, 0);
            NiftiWriter.Write(Path.Combine(root, "a_seg.nii.gz"), new Volume<ushort>(1, size, affine, new ushort[size.Count]), CancellationToken.None);
            DatasetCase only = Open(Cases(training: [A()]) with { Root = root }).Cases(DatasetSplit.Training).Single();
            Assert.Contains("a_seg.nii.gz", Assert.Throws<VolumeException>(() => only.LoadLabel(CancellationToken.None)).Message);
        }
    }

    private static NiftiFolderConfig Cases(CaseEntry[]? training = null, CaseEntry[]? validation = null, CaseEntry[]? test = null) =>
        new() { Root = "", Training = training ?? [], Validation = validation ?? [], Test = test ?? [], Labels = [Label("liver", 5)] };

    private static CaseEntry A(string patient = "") => new() { Image = "a.nii.gz", Label = "a_seg.nii.gz", Patient = patient };

    private static CaseEntry Entry(string folder) => new() { Image = $"{folder}/ct.nii.gz", Label = $"{folder}/seg.nii.gz" };

    private static LabelEntry Label(string name, int id) => new() { Name = name, Id = id };

    private static string[] Ids(NiftiFolder dataset, DatasetSplit split) => [.. dataset.Cases(split).Select(item => item.Id)];

    private NiftiFolder Open(NiftiFolderConfig config) => new(config, new DatasetContext(warnings.Add));

    private void Save(string image, string? label)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, image))!);
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(1));
        NiftiWriter.Write(Path.Combine(root, image), new Volume<float>(1, Size3.Cube(2), affine, [0, 1, 2, 3, 4, 5, 6, 7]), CancellationToken.None);
        if (label is not null) NiftiWriter.Write(Path.Combine(root, label), new Volume<ushort>(1, Size3.Cube(2), affine, [0, 5, 9, 7, 0, 0, 0, 0]), CancellationToken.None);
    }
}
