namespace HiEndMae.Mlflow;

/// <summary>One line of a spool: an operation on the store. Each <see cref="Op"/> uses some of the properties. The others are null.</summary>
internal sealed record SpoolRecord
{
    public const string Target = "target", Start = "run", Resume = "resume", Params = "params", Metrics = "metrics", Tags = "tags", ExperimentTags = "experiment-tags",
        Links = "links", Inputs = "inputs", Artifact = "artifact", Model = "model", End = "end";

    public required string Op { get; init; }

    /// <summary>Our id of the run. It does not depend on a store.</summary>
    public string? Run { get; init; }

    /// <summary>The program's key of the run, which identifies it in this spool.</summary>
    public string? Key { get; init; }

    /// <summary>Name of the run's experiment.</summary>
    public string? Experiment { get; init; }

    /// <summary>The store's id of the experiment if the user gave one. It takes precedence over the name.</summary>
    public string? ExperimentId { get; init; }

    /// <summary>The store's id of an existing run in whose experiment the run is created, if the user gave one. It takes precedence over the experiment's id and name.</summary>
    public string? ExperimentRun { get; init; }

    /// <summary>The store's id of an existing run to use, if the user gave one.</summary>
    public string? StoreRun { get; init; }

    /// <summary>Name of the run, or of the model.</summary>
    public string? Name { get; init; }

    /// <summary>Our id of the parent run, which may belong to another spool.</summary>
    public string? Parent { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public long? Time { get; init; }

    /// <summary>Parameters or tags. For links: their names with our ids of the target runs. For a model: its files with their folders.</summary>
    public IReadOnlyList<Entry>? Entries { get; init; }

    public IReadOnlyList<MetricValue>? Points { get; init; }

    public IReadOnlyList<DatasetInput>? Datasets { get; init; }

    /// <summary>Path of a file, relative to the run directory if the file is inside it, otherwise absolute.</summary>
    public string? File { get; init; }

    /// <summary>Folder of the artifact, relative to the run's artifacts.</summary>
    public string? Folder { get; init; }

    /// <summary>The MLmodel file as JSON.</summary>
    public string? Description { get; init; }

    /// <summary>The training step of a model.</summary>
    public long? Step { get; init; }

    /// <summary>Name of the registered model that gets a new version.</summary>
    public string? RegisterAs { get; init; }

    public RunStatus? Status { get; init; }

    /// <summary>Address of the store, without credentials.</summary>
    public string? Uri { get; init; }
}
