using HiEndMae.Imaging;
using HiEndMae.Plugins.Datasets;

namespace HiEndMae.Plugins.Tests;

/// <summary>Small trees in the layouts that datasets come in.</summary>
public sealed class ListedDatasetTests : IDisposable
{
    private static readonly Size3 Size = new(4, 5, 6);
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-listed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("{\"channel_names\":{\"0\":\"T1\",\"1\":\"T2\"},\"labels\":{\"background\":0,\"tumour\":2,\"liver\":1},\"file_ending\":\".nii.gz\"}")]
    [InlineData("{\"modality\":{\"0\":\"T1\",\"1\":\"T2\"},\"labels\":{\"0\":\"background\",\"1\":\"liver\",\"2\":\"tumour\"}}")]
    public void Nnunet_of_both_versions(string json)
    {
        Write("dataset.json", json);
        foreach (string name in (string[])["a", "b", "c"]) Case("Tr", name);
        Case("Ts", "d");
        var dataset = new Nnunet(new NnunetConfig { Root = folder, Validation = ["b"] }, Context);
        Assert.Equal(["T1", "T2"], dataset.Info.ChannelNames);
        Assert.Equal(["background", "liver", "tumour"], dataset.Info.LabelNames);
        Assert.Equal(["a", "c"], Ids(dataset, DatasetSplit.Training));
        Assert.Equal(["b"], Ids(dataset, DatasetSplit.Validation));
        Assert.Equal(["d"], Ids(dataset, DatasetSplit.Test));
        Assert.Equal(["a", "b", "c"], Ids(dataset, DatasetSplit.Pretraining));
        DatasetCase first = dataset.Cases(DatasetSplit.Training).First();
        Volume<float> image = first.LoadImage(CancellationToken.None);
        Assert.Equal((2, 0f, 1f), (image.Channels, image.Channel(0)[3], image.Channel(1)[3]));
        Assert.Equal([0, 1, 2], first.LoadLabel(CancellationToken.None)!.Voxels.Distinct().Order().Select(value => (int)value));
    }

    [Fact]
    public void Decathlon_as_the_official_code_reads_it()
    {
        Write("dataset.json", """
            {"name": "BTCV", "modality": {"0": "CT"}, "labels": {"0": "background", "1": "spleen", "2": "liver"},
             "training": [{"image": "./imagesTr/a_0000.nii.gz", "label": "labelsTr/a.nii.gz"}], "validation": [{"image": "imagesTr/b_0000.nii.gz", "label": "labelsTr/b.nii.gz"}],
             "test": ["imagesTr/c_0000.nii.gz"]}
            """);
        foreach (string name in (string[])["a", "b", "c"]) Case("Tr", name);
        var dataset = new Decathlon(new DecathlonConfig { Root = folder, PretrainingLists = ["training", "test"] }, Context);
        Assert.Equal("BTCV", dataset.Info.Name);
        Assert.Equal(["a_0000"], Ids(dataset, DatasetSplit.Training));
        Assert.Equal(["b_0000"], Ids(dataset, DatasetSplit.Test));
        Assert.Equal(["a_0000", "c_0000"], Ids(dataset, DatasetSplit.Pretraining));
        Assert.Equal(2, dataset.Cases(DatasetSplit.Validation).Single().LoadLabel(CancellationToken.None)!.Voxels.Max());
    }

    [Fact]
    public void Decathlon_as_downloaded_is_split_by_names()
    {
        Write("dataset.json", """
            {"labels": {"0": "background", "1": "liver"}, "training": [
             {"image": "imagesTr/a_0000.nii.gz", "label": "labelsTr/a.nii.gz"}, {"image": "imagesTr/b_0000.nii.gz", "label": "labelsTr/b.nii.gz"},
             {"image": "imagesTr/c_0000.nii.gz", "label": "labelsTr/c.nii.gz"}]}
            """);
        foreach (string name in (string[])["a", "b", "c"]) Case("Tr", name);
        var dataset = new Decathlon(new DecathlonConfig { Root = folder, Validation = ["b_0000"], Test = ["c_0000"] }, Context);
        Assert.Equal(["a_0000"], Ids(dataset, DatasetSplit.Training));
        Assert.Equal(["a_0000"], Ids(dataset, DatasetSplit.Pretraining));
        Assert.Equal(["b_0000"], Ids(dataset, DatasetSplit.Validation));
        Assert.Equal(["c_0000"], Ids(dataset, DatasetSplit.Test));
        VolumeException error = Assert.Throws<VolumeException>(() => new Decathlon(new DecathlonConfig { Root = folder, Test = ["c_000"] }, Context));
        Assert.Contains("'c_000'", error.Message, StringComparison.Ordinal);
        Assert.Contains("c_0000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"labels\":{\"background\":0,\"liver\":[1,2]}}", "regions_class_order")]
    [InlineData("{\"labels\":{\"background\":0,\"liver\":1,\"spleen\":1}}", "two names")]
    [InlineData("{\"labels\":{\"background\":0,\"liver\":70000}}", "70000")]
    [InlineData("{}", "no 'labels'")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{\"labels\":", "cannot be read")]
    [InlineData("{\"labels\":{\"background\":0},\"channel_names\":{\"first\":\"CT\"}}", "not a number with a name")]
    [InlineData("{\"labels\":{\"background\":0},\"dataset\":{\"a\":{\"images\":[\"x\"]},\"a\":{\"images\":[\"y\"]}}}", "names the case 'a' twice")]
    [InlineData("{\"labels\":{\"background\":0},\"channel_names\":{\"0\":\"a\",\"1\":\"b\",\"2\":\"c\"}}", "a_0002.nii.gz")]
    public void An_invalid_description_is_one_clear_error(string json, string message)
    {
        Write("dataset.json", json);
        Case("Tr", "a");
        VolumeException error = Assert.Throws<VolumeException>(() => new Nnunet(new NnunetConfig { Root = folder }, Context));
        Assert.Contains(message, error.Message);
        Assert.Contains(folder, error.Message);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_description_may_begin_with_a_byte_order_mark(string encoding)
    {
        File.WriteAllText(Path.Combine(folder, "dataset.json"), "{\"labels\":{\"background\":0,\"Größe\":1,\"liver\":2},\"channel_names\":{\"0\":\"CT\"}}", System.Text.Encoding.GetEncoding(encoding));
        Case("Tr", "a");
        Assert.Equal(["background", "Größe", "liver"], new Nnunet(new NnunetConfig { Root = folder }, Context).Info.LabelNames);
    }

    [Fact]
    public void Values_without_a_name_and_cases_in_two_splits_are_refused()
    {
        Write("dataset.json", "{\"labels\":{\"background\":0,\"liver\":1},\"channel_names\":{\"0\":\"CT\"}}");
        foreach (string name in (string[])["a", "b"]) Case("Tr", name);
        var dataset = new Nnunet(new NnunetConfig { Root = folder }, Context);
        Assert.Contains("value 2", Assert.Throws<VolumeException>(() => dataset.Cases(DatasetSplit.Training).First().LoadLabel(CancellationToken.None)).Message);
        Assert.Contains("both", Assert.Throws<VolumeException>(() => new Nnunet(new NnunetConfig { Root = folder, Training = ["a"], Test = ["a"] }, Context)).Message);
        Assert.Contains("no case 'aa'", Assert.Throws<VolumeException>(() => new Nnunet(new NnunetConfig { Root = folder, Test = ["aa"] }, Context)).Message);
        NiftiWriter.Write(Path.Combine(folder, "labelsTr", "b.nii.gz"), new Volume<ushort>(1, new Size3(2, 2, 2), Affine.FromSpacing(Spacing3.Isotropic(1)), new ushort[8]), CancellationToken.None);
        Assert.Contains("2x2x2", Assert.Throws<VolumeException>(() => dataset.Cases(DatasetSplit.Training).Last().LoadLabel(CancellationToken.None)).Message.Replace(" ", "", StringComparison.Ordinal));
    }

    private static DatasetContext Context { get; } = new(_ => { });

    private static IEnumerable<string> Ids(Dataset dataset, DatasetSplit split) => dataset.Cases(split).Select(one => one.Id);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private void Case(string part, string name)
    {
        string images = Directory.CreateDirectory(Path.Combine(folder, "images" + part)).FullName, labels = Directory.CreateDirectory(Path.Combine(folder, "labels" + part)).FullName;
        Affine affine = Affine.FromSpacing(new Spacing3(1, 2, 3));
        for (int channel = 0; channel < 2; channel++)
            NiftiWriter.Write(Path.Combine(images, $"{name}_000{channel}.nii.gz"), new Volume<float>(1, Size, affine, [.. Enumerable.Repeat((float)channel, (int)Size.Count)]), CancellationToken.None);
        NiftiWriter.Write(Path.Combine(labels, name + ".nii.gz"), new Volume<ushort>(1, Size, affine, [.. Enumerable.Range(0, (int)Size.Count).Select(i => (ushort)(i % 3))]), CancellationToken.None);
    }
}
