namespace HiEndMae.Mlflow;

/// <summary>Times of a <see cref="TrackingSession"/>.</summary>
public sealed record TrackingSessionOptions
{
    /// <summary>How long values gather before they are sent.</summary>
    public TimeSpan SendEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait after the first failure to reach the store; it doubles up to <see cref="MaxRetryAfter"/>.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between attempts to reach the store.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the end of the program tries to send what still waits while nothing succeeds; the rest stays in the spool.</summary>
    public TimeSpan LingerAtEnd { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the end of the program sends at most, as for a large model.</summary>
    public TimeSpan MaxLingerAtEnd { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Wait between attempts at the end of the program.</summary>
    public TimeSpan RetryAtEnd { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often figures of the machine are taken; zero for never.</summary>
    public TimeSpan SystemMetricsEvery { get; init; } = TimeSpan.Zero;

    /// <summary>Whether everything stays in the spool, to be sent by another process (<see cref="SpoolSync"/>). No store is opened.</summary>
    public bool SpoolOnly { get; init; }

    /// <summary>How patient the client of a server is.</summary>
    public MlflowClientOptions Client { get; init; } = new();
}
