using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Inspection;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

/// <summary>What is odd about data, said before a model learns from it.</summary>
public sealed class WarningTests
{
    private static readonly DataConfig Hu = Made.Config(Size3.Cube(8)) with { Window = [-175, 250] };

    [Fact]
    public void Units_other_than_HU_are_detected()
    {
        float[] hu = [.. Enumerable.Repeat(-1000f, 50), .. Enumerable.Repeat(40f, 50)], shifted = [.. hu.Select(value => value + 1024), 1500f];
        Assert.Empty(IntensityNotes.Of(hu, Hu, "a.nii.gz"));
        string note = Assert.Single(IntensityNotes.Of(shifted, Hu, "a.nii.gz"));
        Assert.Contains("'a.nii.gz'", note, StringComparison.Ordinal);
        Assert.Contains("HU + 1024", note, StringComparison.Ordinal);
        // MR, and CT that is scaled by its own percentiles, may begin at 0.
        Assert.Empty(IntensityNotes.Of(shifted, Hu with { Intensity = new IntensityConfig { Kind = IntensityKind.Percentiles } }, "a.nii.gz"));
        Assert.Contains("-2000", Assert.Single(IntensityNotes.Of([.. hu, 63536f], Hu, "a.nii.gz")), StringComparison.Ordinal);
        Assert.Empty(IntensityNotes.Of([.. hu, 30000f, 63536f], Hu, "a.nii.gz"));
    }

    [Fact]
    public void Classes_without_cases_and_empty_label_maps_are_named()
    {
        var info = new DatasetInfo("d", ["CT"], ["background", "liver", "spleen"]);
        MadeCase a = Case("a"), b = Case("b");
        Assert.Empty(TrainingWarnings.Of([(a, new CaseFindings([], [5, 1, 0])), (b, new CaseFindings([], [5, 0, 2]))], info));
        string absent = Assert.Single(TrainingWarnings.Of([(a, new CaseFindings([], [5, 1, 0]))], info));
        Assert.Contains("'spleen' has no voxel", absent, StringComparison.Ordinal);
        Assert.Contains("'a'", absent, StringComparison.Ordinal);
        Assert.Equal(2, TrainingWarnings.Of([(a, new CaseFindings(["odd"], [6, 0, 0])), (b, new CaseFindings([], [6, 0, 0]))], info).Count());
    }

    [Fact]
    public void Warnings_are_stored_with_the_case()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-notes-").FullName;
        try
        {
            var source = new MadeCase("a", Size3.Cube(4), (x, _, _) => x == 0 ? 1500 : 1064, (_, _, z) => z == 1 ? 1 : 0);
            var preparer = new CasePreparer(Hu, 2, withLabels: true, cropForeground: false);
            for (int time = 0; time < 2; time++)
            {
                using PreparedCase prepared = new CaseSource(preparer, new DiskCache(folder, 1 << 20, TimeProvider.System, _ => { })).Open(source, CancellationToken.None);
                Assert.Contains("HU + 1024", Assert.Single(prepared.Findings.Notes), StringComparison.Ordinal);
                Assert.Equal([48, 16], prepared.Findings.ClassVoxels);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_number_of_channels_other_than_the_dataset_s_is_refused()
    {
        var info = new DatasetInfo("d", ["CT"], ["background", "liver"]);
        var source = new MadeCase("a", Size3.Cube(4), Made.Value, channels: 4);
        VolumeException error = Assert.Throws<VolumeException>(() => CasePreparer.ForTraining(Hu, info, withLabels: false).Prepare(source, CancellationToken.None));
        Assert.Contains("4 channels", error.Message, StringComparison.Ordinal);
        Assert.Contains("names 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<VolumeException>(() => HeaderCheck.CheckChannels(source, 4, info));
    }

    // Voxel sizes that are missing, and units that readers of NIfTI ignore.
    [Theory]
    [InlineData("pixdim", "pixdim of 0 along z and no sform; 1 mm is assumed")]
    [InlineData("sform", "pixdim of 0 along z; the spacing 1.5x1.5x3 mm is taken from its sform")]
    [InlineData("metres", "names metres as its unit")]
    [InlineData("micrometres", "names micrometres as its unit")]
    [InlineData("small", "has voxels of 0.001x0.001x0.001 mm")]
    [InlineData("good", null)]
    public void Voxel_sizes_that_are_probably_wrong_are_named_with_their_file(string kind, string? expected)
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-header-").FullName;
        try
        {
            string path = Path.Combine(folder, "a.nii");
            Spacing3 spacing = kind == "small" ? Spacing3.Isotropic(0.001) : new Spacing3(1.5, 1.5, 3);
            NiftiWriter.Write(path, new Volume<float>(1, new Size3(2, 2, 2), Affine.FromSpacing(spacing), new float[8]), CancellationToken.None);
            byte[] bytes = File.ReadAllBytes(path);
            if (kind is "pixdim" or "sform") BitConverter.GetBytes(0f).CopyTo(bytes, 88);
            if (kind == "pixdim") bytes[254] = 0;
            if (kind is "metres" or "micrometres") bytes[123] = (byte)(kind == "metres" ? 1 : 3);
            File.WriteAllBytes(path, bytes);
            var warnings = new List<string>();
            HeaderCheck.Warn([new ScanFile(path)], warnings.Add, CancellationToken.None);
            Assert.Equal(expected is null ? 0 : 1, warnings.Count);
            Assert.All(warnings, warning => Assert.Contains($"'{path}'", warning, StringComparison.Ordinal));
            Assert.All(warnings, warning => Assert.Contains(expected!, warning, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class ScanFile(string path) : DatasetCase
    {
        public override string Id => "a";

        public override string Group => "a";

        public override bool HasLabel => false;

        public override string ContentKey => path;

        public override IReadOnlyList<string> ImageFiles => [path];

        public override Volume<float> LoadImage(CancellationToken cancel) => NiftiReader.ReadImage(path, cancel);

        public override Volume<ushort>? LoadLabel(CancellationToken cancel) => null;
    }

    private static MadeCase Case(string id) => new(id, Size3.Cube(4), Made.Value);
}
