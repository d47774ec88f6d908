namespace HiEndMae.Mlflow;

/// <summary>How far a spool has reached one store.</summary>
internal sealed record CursorState
{
    /// <summary>Which store.</summary>
    public string Target { get; init; } = "";

    /// <summary>The offset in the spool up to which everything is in the store.</summary>
    public long Offset { get; set; }

    /// <summary>Records that the store refused, and that were left out.</summary>
    public int NumRefused { get; set; }

    /// <summary>What the store said to the last of these.</summary>
    public string? LastRefusal { get; set; }

    /// <summary>By our id: the store's id of the run.</summary>
    public Dictionary<string, string> Runs { get; init; } = [];

    /// <summary>By our id: the store's id of the run's experiment.</summary>
    public Dictionary<string, string> Experiments { get; init; } = [];

    /// <summary>Links to runs that the store did not have yet; they are looked for again when a run ends.</summary>
    public List<PendingLink> Links { get; init; } = [];
}
