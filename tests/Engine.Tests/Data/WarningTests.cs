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

    private static MadeCase Case(string id) => new(id, Size3.Cube(4), Made.Value);
}
