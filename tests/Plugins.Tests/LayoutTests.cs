using HiEndMae.Configuration;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Datasets;

namespace HiEndMae.Plugins.Tests;

public sealed class LayoutTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("hiendmae-layout-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Cases_are_found_by_patterns_and_their_files_are_grouped()
    {
        foreach (string name in (string[])["a1", "a2"])
        {
            Save($"{name}/{name}_t1.nii.gz");
            Save($"{name}/{name}_t2.nii.gz");
            SaveLabel($"{name}/{name}_seg.nii.gz");
        }
        Save("other/b_t1.nii.gz"); // the folder's name is not the case's
        Layout dataset = Open(new LayoutSource { Images = ["{case}/{case}_t1.nii.gz", "{case}/{case}_t2.nii.gz"], Label = "{case}/{case}_seg.nii.gz" }, config => config with { Channels = ["T1", "T2"] });
        Assert.Equal(["a1", "a2"], Ids(dataset, DatasetSplit.Training));
        DatasetCase first = dataset.Cases(DatasetSplit.Training).First();
        Assert.Equal((2, 2), (first.LoadImage(CancellationToken.None).Channels, first.LoadLabel(CancellationToken.None)!.Voxels.Max()));
        Assert.Equal(["background", "liver", "spleen"], dataset.Info.LabelNames);
    }

    [Fact]
    public void Test_cases_are_drawn_by_patient_and_by_seed()
    {
        for (int patient = 0; patient < 10; patient++)
        {
            foreach (string scan in (string[])["a", "b"])
            {
                Save($"p{patient}{scan}.nii.gz");
                SaveLabel($"seg/p{patient}{scan}.nii.gz");
            }
        }
        var source = new LayoutSource { Images = ["{case}.nii.gz"], Label = "seg/{case}.nii.gz" };
        string[] Test(int seed) => Ids(Open(source, config => config with { TestCount = 6, SplitSeed = seed, Patient = "^p\\d" }), DatasetSplit.Test);
        string[] test = Test(0);
        Assert.Equal(6, test.Length);
        Assert.All(test.GroupBy(id => id[..2]), patient => Assert.Equal(2, patient.Count()));
        Assert.Equal(test, Test(0));
        Assert.NotEqual(test, Test(2));
        Layout dataset = Open(source, config => config with { TestCount = 6, Patient = "^p\\d" });
        Assert.Empty(Ids(dataset, DatasetSplit.Training).Intersect(test));
        Assert.Equal(14, Ids(dataset, DatasetSplit.Pretraining).Length);
        Assert.Equal(20, Ids(Open(source, config => config with { TestCount = 6, PretrainOnTest = true }), DatasetSplit.Pretraining).Length);
        Assert.Equal(test.Order(), Ids(Open(source, config => config with { TestCount = 6, Patient = "^p\\d", ValidateOnTest = true }), DatasetSplit.Validation).Order());
    }

    [Theory]
    [InlineData("{case}.mha", "follows")]
    [InlineData("{case}.nii.gz", "seg/a.nii.gz")]
    public void Missing_files_are_named(string pattern, string message)
    {
        Save("a.nii.gz");
        VolumeException error = Assert.Throws<VolumeException>(() => Open(new LayoutSource { Images = [pattern], Label = "seg/{case}.nii.gz" }));
        Assert.Contains(message, error.Message);
        Assert.Contains(root, error.Message);
    }

    [Fact]
    public void A_mixture_respects_shares_limits_and_names()
    {
        for (int i = 0; i < 6; i++) Save($"one/{i}.nii.gz");
        for (int i = 0; i < 3; i++) Save($"two/{i}.nii.gz");
        MixturePart Part(string folder) => new() { Dataset = new LayoutConfig { Root = Path.Combine(root, folder), Sources = [new LayoutSource { Images = ["{case}.nii.gz"], Split = SourceSplit.Unlabelled }] } };
        Dataset mixture = Mix(Part("one") with { Weight = 3, Limit = 4 }, Part("two") with { Weight = 1 });
        DatasetCase[] cases = [.. mixture.Cases(DatasetSplit.Pretraining)];
        Assert.Equal((4, 3), (cases.Count(one => one.Id.StartsWith("one-", StringComparison.Ordinal)), cases.Count(one => one.Id.StartsWith("two-", StringComparison.Ordinal))));
        Assert.Equal(3, cases.Where(one => one.Id.StartsWith("one-", StringComparison.Ordinal)).Sum(one => one.Weight), 1e-12);
        Assert.Equal(1, cases.Where(one => one.Id.StartsWith("two-", StringComparison.Ordinal)).Sum(one => one.Weight), 1e-12);
        Assert.Equal(["1"], Mix(Part("one"), Part("two")).Cases(DatasetSplit.Pretraining).Select(one => $"{one.Weight}").Distinct());
        Assert.Equal("one+two", mixture.Info.Name);
        Assert.Contains("'name'", Assert.Throws<VolumeException>(() => Mix(Part("one"), Part("one"))).Message);
        Assert.Equal(6, Mix(Part("one"), Part("one") with { Name = "again" }).Cases(DatasetSplit.Pretraining).Count());
        Assert.Contains("limit is 9", Assert.Throws<VolumeException>(() => Mix(Part("one") with { Limit = 9 })).Message);
    }

    private static Mixture Mix(params MixturePart[] parts) => new(new MixtureConfig { Parts = parts }, new DatasetContext(_ => { }) { Open = Make });

    private static Layout Make(IComponentConfig config) => new Layout((LayoutConfig)config, new DatasetContext(_ => { }));

    private static string[] Ids(Dataset dataset, DatasetSplit split) => [.. dataset.Cases(split).Select(one => one.Id)];

    private Layout Open(LayoutSource source, Func<LayoutConfig, LayoutConfig>? change = null)
    {
        var config = new LayoutConfig { Root = root, Sources = [source], Labels = [new LabelEntry { Name = "liver", Id = 5 }, new LabelEntry { Name = "spleen", Id = 7 }] };
        return new Layout(change is null ? config : change(config), new DatasetContext(_ => { }));
    }

    private void Save(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, name))!);
        NiftiWriter.Write(Path.Combine(root, name), new Volume<float>(1, Size3.Cube(2), Affine.FromSpacing(Spacing3.Isotropic(1)), new float[8]), CancellationToken.None);
    }

    private void SaveLabel(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, name))!);
        NiftiWriter.Write(Path.Combine(root, name), new Volume<ushort>(1, Size3.Cube(2), Affine.FromSpacing(Spacing3.Isotropic(1)), [0, 5, 7, 0, 0, 0, 0, 0]), CancellationToken.None);
    }
}
