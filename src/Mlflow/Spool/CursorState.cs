namespace HiEndMae.Mlflow;

/// <summary>How far a spool has reached one store.</summary>
internal sealed record CursorState
{
    /// <summary>Which store.</summary>
    public string Target { get; init; } = "";

    /// <summary>Everything before this offset is in the store.</summary>
    public long Offset { get; set; }

    /// <summary>Records that the store refused, and that were left out.</summary>
    public int NumRefused { get; set; }

    /// <summary>What the store said to the last of these.</summary>
    public string? LastRefusal { get; set; }

    /// <summary>By our id: the store's id of the run.</summary>
    public Dictionary<string, string> Runs { get; init; } = [];

    /// <summary>By our id: the store's id of the run's experiment.</summary>
    public Dictionary<string, string> Experiments { get; init; } = [];
}
