namespace HiEndMae.Engine.Configuration;

/// <summary>MLflow tracking.</summary>
[ConfigSection]
public sealed partial record TrackingConfig
{
    /// <summary>http(s):// address of a server, or empty for the store beside the runs (mlflow.db and mlruns/).</summary>
    public string Uri { get; init; } = "";
}
