namespace HiEndMae.Mlflow;

/// <summary>How patient a client is.</summary>
public sealed record MlflowClientOptions
{
    /// <summary>How long one attempt may take. Uploads get a second more for every 256 KiB.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request is sent again after 429, 5xx, a timeout or a lost connection.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>Wait before the first repetition; it doubles, with jitter. A server's Retry-After goes before it.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait, whatever the server asks for.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After so many failed attempts, and no other, within <see cref="BreakDuration"/> nothing is sent for that long; 0 for never.</summary>
    public int FailuresToBreak { get; init; } = 10;

    /// <summary>How long nothing is sent to a server that keeps failing; at least half a second.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gives up what is under way and every wait.</summary>
    public CancellationToken Stop { get; init; }
}
