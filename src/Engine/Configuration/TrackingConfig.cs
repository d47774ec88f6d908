using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>MLflow tracking.</summary>
[ConfigSection]
public sealed partial record TrackingConfig
{
    /// <summary>
    /// http(s):// address of a server, sqlite:///FILE, or empty for MLFLOW_TRACKING_URI and, without it, the store beside the runs (mlflow.db and mlruns/).
    /// Credentials come from the environment.
    /// </summary>
    public string Uri { get; init; } = "";

    /// <summary>Seconds between figures of the machine (processor, memory, disk, network, GPUs) under system/; 0 for none.</summary>
    [Range(0, 86400)]
    public int SystemMetricsSeconds { get; init; } = 30;

    /// <summary>Last checkpoint of each training: none, reference (its place and checksums), upload (its files too).</summary>
    [OneOf("none", "reference", "upload")]
    public string Checkpoints { get; init; } = "reference";

    /// <summary>Whether label maps of evaluated cases are written to predictions/ and tracked.</summary>
    public bool Predictions { get; init; }
}
