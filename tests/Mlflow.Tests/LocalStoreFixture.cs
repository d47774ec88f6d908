namespace HiEndMae.Mlflow.Tests;

/// <summary>A fresh folder, a clock that stands still, and a store on them.</summary>
internal sealed class LocalStoreFixture : IDisposable
{
    public static readonly IReadOnlyDictionary<string, string> NoTags = new Dictionary<string, string>();

    /// <param name="golden">A database to start from; null for none.</param>
    public LocalStoreFixture(string? golden = null)
    {
        if (golden is not null) File.Copy(TempFolder.Golden(golden), Database);
        Store = Open();
    }

    public TempFolder Folder { get; } = new();

    public ManualClock Clock { get; } = new();

    public LocalTrackingStore Store { get; }

    public string Database => Folder["mlflow.db"];

    public LocalTrackingStore Open() => new(Folder.Path, static name => name == "USER" ? "bob" : null, Clock);

    public string NewRun() => Store.CreateRun(Store.GetOrCreateExperiment("paper"), "mae", null, NoTags);

    public List<string> Rows(string sql) => Query.Rows(Database, sql);

    public static MetricPoint Point(string key, double value, long step, long time = 1) =>
        new(key, value, step, DateTimeOffset.FromUnixTimeMilliseconds(time));

    public void Dispose()
    {
        Store.Dispose();
        Folder.Dispose();
    }
}
