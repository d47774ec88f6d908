using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

/// <summary>Configs, cases and stores for tests of data.</summary>
internal static class Made
{
    /// <summary>1 mm, intensities as they are.</summary>
    public static DataConfig Config(Size3 crop) => new() { Dataset = new NoConfig(), Crop = crop, SpacingMm = Spacing3.Isotropic(1), Window = [0, 1], ForegroundCrop = false };

    /// <summary>Values that are halves already, different at every voxel of a small volume.</summary>
    public static float Value(int x, int y, int z) => (1 + x + 8 * y + 64 * z) / 1024f;

    public static StoredCase Stored(MadeCase source, int numClasses = 1) => StoredCase.InMemory(Packed(source, numClasses));

    public static PackedCase Packed(MadeCase source, int numClasses = 1) =>
        PackedCase.Of(new CasePreparer(Config(Size3.Cube(8)), numClasses).Prepare(source, CancellationToken.None), numClasses);

    public static CaseStore Store(params MadeCase[] cases) =>
        new([.. cases.Select(one => Stored(one, one.HasLabel ? 4 : 1))], [.. cases.Select(one => one.Weight)], []);

    private sealed class NoConfig : IComponentConfig
    {
        public string Plugin => "none";

        public ConfigTable ToTable() => new([], default);

        public void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report)
        {
        }
    }
}
