using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

public sealed class CaseSourceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-source-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_case_is_read_once_for_training_evaluation_and_prediction_alike()
    {
        MadeCase source = Case();
        new CaseSource(Made.Preparer(4), Cache()).Open(source, CancellationToken.None).Dispose();
        new CaseSource(Made.Preparer(4), Cache()).OpenOrPrepare(source, CancellationToken.None).Dispose();
        Assert.Equal(1, source.Reads);
    }

    [Fact]
    public void A_case_prepared_without_labels_is_not_used_where_labels_are_needed()
    {
        MadeCase source = Case();
        var unlabelled = new CasePreparer(Made.Config(Size3.Cube(8)), 4, withLabels: false, cropForeground: false);
        using PreparedCase first = new CaseSource(unlabelled, Cache()).Open(source, CancellationToken.None);
        using PreparedCase second = new CaseSource(Made.Preparer(4), Cache()).Open(source, CancellationToken.None);
        Assert.Equal((false, true), (first.HasLabel, second.HasLabel));
    }

    [Fact]
    public void A_case_that_does_not_fit_is_an_error_only_if_it_must_be_stored()
    {
        var source = new CaseSource(Made.Preparer(4), Cache(limit: 100));
        Assert.Throws<CacheLimitException>(() => source.Open(Case(), CancellationToken.None));
        using PreparedCase prepared = source.OpenOrPrepare(Case(), out bool isKept, CancellationToken.None);
        Assert.False(isKept);
        Assert.Equal(0.5f, prepared.DecodeImage().Voxels[0]);
    }

    [Fact]
    public void A_prepared_case_has_the_grid_of_its_file_in_memory_and_in_the_cache()
    {
        var stored = new VolumeGrid(Size3.Cube(6), Affine.FromSpacing(Spacing3.Isotropic(1)));
        for (int turn = 0; turn < 2; turn++)
        {
            using PreparedCase prepared = new CaseSource(new CasePreparer(Made.Config(Size3.Cube(8)) with { SpacingMm = Spacing3.Isotropic(2) }, 4, true, false), Cache()).Open(Case(), CancellationToken.None);
            Assert.Equal((Size3.Cube(4), stored), (prepared.Size, prepared.Layout.Stored));
        }
    }

    private static MadeCase Case() => new("a", Size3.Cube(6), (_, _, _) => 0.5f, (x, _, _) => x % 4) { OnRead = (_, _) => { } };

    private DiskCache Cache(long limit = long.MaxValue) => new(folder, limit, TimeProvider.System, _ => { });
}
