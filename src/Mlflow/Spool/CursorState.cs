namespace HiEndMae.Mlflow;

/// <summary>The part of a spool that one store has received.</summary>
internal sealed record CursorState
{
    /// <summary>Name of the store.</summary>
    public string Target { get; init; } = "";

    /// <summary>Offset in the spool up to which the store has everything, in bytes.</summary>
    public long Offset { get; set; }

    /// <summary>Number of records that the store refused.</summary>
    public int NumRefused { get; set; }

    /// <summary>The store's message for the last refused record.</summary>
    public string? LastRefusal { get; set; }

    /// <summary>The store's id of each run, by our id.</summary>
    public Dictionary<string, string> Runs { get; init; } = [];

    /// <summary>The store's id of each run's experiment, by our id of the run.</summary>
    public Dictionary<string, string> Experiments { get; init; } = [];

    /// <summary>Links to runs that the store did not have yet. They are looked up again when a run ends.</summary>
    public List<PendingLink> Links { get; init; } = [];
}
