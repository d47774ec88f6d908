namespace HiEndMae.Mlflow;

/// <summary>One line of a spool: something that is to reach the store. Each <see cref="Op"/> uses a part of the properties; the others are null.</summary>
internal sealed record SpoolRecord
{
    public const string Target = "target", Start = "run", Resume = "resume", Params = "params", Metrics = "metrics", Tags = "tags", ExperimentTags = "experiment-tags",
        Links = "links", Inputs = "inputs", Artifact = "artifact", Model = "model", End = "end";

    public required string Op { get; init; }

    /// <summary>Our own id of the run, chosen before any store is asked.</summary>
    public string? Run { get; init; }

    /// <summary>What the program calls the run, to find it again in this spool.</summary>
    public string? Key { get; init; }

    /// <summary>Name of the run's experiment.</summary>
    public string? Experiment { get; init; }

    /// <summary>The store's id of the experiment, where the user gave one; it goes before the name.</summary>
    public string? ExperimentId { get; init; }

    /// <summary>The store's id of a run that is there already and to be used, where the user gave one.</summary>
    public string? StoreRun { get; init; }

    /// <summary>Name of the run, or of the model.</summary>
    public string? Name { get; init; }

    /// <summary>Our id of the parent, of this spool or of another one.</summary>
    public string? Parent { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public long? Time { get; init; }

    /// <summary>Parameters or tags; for links, names with our ids of the runs; for a model, its files with their folders.</summary>
    public IReadOnlyList<Entry>? Entries { get; init; }

    public IReadOnlyList<MetricValue>? Points { get; init; }

    public IReadOnlyList<DatasetInput>? Datasets { get; init; }

    /// <summary>A file: relative to the run directory where it lies there, otherwise absolute.</summary>
    public string? File { get; init; }

    /// <summary>Where the artifact goes below the run's artifacts.</summary>
    public string? Folder { get; init; }

    /// <summary>The MLmodel file as JSON.</summary>
    public string? Description { get; init; }

    /// <summary>The training step of a model.</summary>
    public long? Step { get; init; }

    /// <summary>Name of the registered model that gets a version.</summary>
    public string? RegisterAs { get; init; }

    public RunStatus? Status { get; init; }

    /// <summary>Address of the store, without credentials.</summary>
    public string? Uri { get; init; }
}
