namespace HiEndMae.Mlflow;

/// <summary>One line of a spool: something that is to reach the store. What is null does not matter for its <see cref="Op"/>.</summary>
internal sealed record SpoolRecord
{
    public const string Target = "target", Start = "run", Resume = "resume", Params = "params", Metrics = "metrics", Tags = "tags", Inputs = "inputs", Artifact = "artifact", End = "end";

    public required string Op { get; init; }

    /// <summary>Our own id of the run, chosen before any store is asked.</summary>
    public string? Run { get; init; }

    /// <summary>What the program calls the run, to find it again in this spool.</summary>
    public string? Key { get; init; }

    public string? Experiment { get; init; }

    public string? Name { get; init; }

    /// <summary>Our id of the parent, of this spool or of another one.</summary>
    public string? Parent { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public long? Time { get; init; }

    public IReadOnlyList<Entry>? Entries { get; init; }

    public IReadOnlyList<MetricValue>? Points { get; init; }

    public IReadOnlyList<DatasetInput>? Datasets { get; init; }

    /// <summary>Below the run directory where it lies there, otherwise absolute.</summary>
    public string? File { get; init; }

    public string? Folder { get; init; }

    public RunStatus? Status { get; init; }

    /// <summary>Address of the store, without credentials.</summary>
    public string? Uri { get; init; }
}
