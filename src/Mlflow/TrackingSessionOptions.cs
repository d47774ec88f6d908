namespace HiEndMae.Mlflow;

/// <summary>Intervals and time limits of a <see cref="TrackingSession"/>.</summary>
public sealed record TrackingSessionOptions
{
    /// <summary>How long values are collected before they are sent.</summary>
    public TimeSpan SendEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait after the first failure to reach the store. It doubles up to <see cref="MaxRetryAfter"/>.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between attempts to reach the store.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the program tries to send the remaining records at its end without progress. The rest stays in the spool.</summary>
    /// <remarks>It is progress if a record has reached the store, or if an attempt at a record comes further than those before it, for example in the upload of a file.</remarks>
    public TimeSpan LingerAtEnd { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Ends the sending at the end of the program if it is cancelled meanwhile, for example by Ctrl-C.</summary>
    public CancellationToken LeaveAtEnd { get; init; }

    /// <summary>The longest time that the program sends at its end, for example a large model.</summary>
    public TimeSpan MaxLingerAtEnd { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Wait between attempts at the end of the program.</summary>
    public TimeSpan RetryAtEnd { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Interval of system metrics; zero for none.</summary>
    public TimeSpan SystemMetricsEvery { get; init; } = TimeSpan.Zero;

    /// <summary>Whether everything stays in the spool for another process to send (<see cref="SpoolSync"/>). No store is opened.</summary>
    public bool SpoolOnly { get; init; }

    /// <summary>Timeouts and repetitions of the client.</summary>
    public MlflowClientOptions Client { get; init; } = new();
}
