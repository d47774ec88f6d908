using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

/// <summary>Configs, cases and stores for tests of data.</summary>
internal static class Made
{
    /// <summary>1 mm, intensities as they are.</summary>
    public static DataConfig Config(Size3 crop) => new() { Dataset = new NoConfig(), Crop = crop, SpacingMm = Spacing3.Isotropic(1), Window = [0, 1], ForegroundCrop = false };

    /// <summary>Values that are halves already, different at every voxel of a small volume.</summary>
    public static float Value(int x, int y, int z) => (1 + x + 8 * y + 64 * z) / 1024f;

    public static CasePreparer Preparer(int numClasses = 1) => new(Config(Size3.Cube(8)), numClasses, withLabels: true, cropForeground: false);

    public static PreparedCase Prepared(MadeCase source, int numClasses = 1) => Preparer(numClasses).Prepare(source, CancellationToken.None);

    public static PreparedCases Cases(params MadeCase[] cases) =>
        new([.. cases.Select(one => Prepared(one, one.HasLabel ? 4 : 1))], [.. cases.Select(one => one.Weight)]);

    public static CaseKey Key(DatasetCase source, string preparation = "as it is") => new(source.ContentKey, preparation);

    private sealed class NoConfig : IComponentConfig
    {
        public string Plugin => "none";

        public ConfigTable ToTable() => new([], default);

        public void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report)
        {
        }
    }
}
