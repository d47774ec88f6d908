namespace HiEndMae.Mlflow.Tests;

/// <summary>A run in the stand-in server.</summary>
internal sealed class ServerRun
{
    public required string Id { get; init; }

    public required string Experiment { get; init; }

    public required string Name { get; set; }

    public string Status { get; set; } = "RUNNING";

    public long StartTime { get; init; }

    public long? EndTime { get; set; }

    public bool IsDeleted { get; set; }

    public Dictionary<string, string> Params { get; } = [];

    public Dictionary<string, string> Tags { get; } = [];

    public HashSet<StoredPoint> Metrics { get; } = [];

    public Dictionary<string, string> Inputs { get; } = [];

    public string Tag(string key) => Tags.GetValueOrDefault(key, "");
}
