using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>MLflow tracking.</summary>
[ConfigSection]
public sealed partial record TrackingConfig
{
    /// <summary>
    /// Address of a server (http:// or https://), or sqlite:///FILE. Empty for MLFLOW_TRACKING_URI; if that is not set, the store in the folder of runs (mlflow.db and mlruns/).
    /// Credentials come from the environment.
    /// </summary>
    public string Uri { get; init; } = "";

    /// <summary>Whether runs are tracked at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Name of the run; empty for the experiment's name and the time.</summary>
    public string RunName { get; init; } = "";

    /// <summary>Tags of every run, by name.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Tags of the MLflow experiment, by name.</summary>
    public IReadOnlyDictionary<string, string> ExperimentTags { get; init; } = new Dictionary<string, string>();

    /// <summary>Seconds between values of the machine's load (processor, memory, disk, network, GPUs) under system/; 0 for none.</summary>
    [Range(0, 86400)]
    public int SystemMetricsSeconds { get; init; } = 30;

    /// <summary>What is tracked of the last checkpoint of each training: none, reference (its path and checksums), or upload (its files too).</summary>
    [OneOf("none", "reference", "upload")]
    public string Checkpoints { get; init; } = "reference";

    /// <summary>Whether fine-tuned models are logged as MLflow models, with their weights.</summary>
    public bool Model { get; init; } = true;

    /// <summary>Registered model that gets a version of each fine-tuned model; empty for none.</summary>
    public string Register { get; init; } = "";

    /// <summary>Whether predicted label maps of evaluated cases are written to predictions/ and tracked.</summary>
    public bool Predictions { get; init; }
}
