namespace HiEndMae.Mlflow;

/// <summary>Timeouts and repetitions of a client.</summary>
public sealed record MlflowClientOptions
{
    /// <summary>Time limit of one attempt. The default is 120 s, as in MLflow's Python client.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Time limit for the transfer of one file; null for <see cref="AttemptTimeout"/> plus one second for every 256 KiB.</summary>
    public TimeSpan? TransferTimeout { get; init; }

    /// <summary>How often a request is repeated after 429, 5xx, a timeout or a lost connection.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>Wait before the first repetition. It doubles each time, with jitter. A server's Retry-After replaces it.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait, even if the server asks for more.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called by the sending thread after each successful request and each uploaded megabyte; null for no calls.</summary>
    public Action? Progressed { get; init; }

    /// <summary>Ends every wait between repetitions and prevents further ones. The current request continues.</summary>
    public CancellationToken Hurry { get; init; }

    /// <summary>Cancels the current request and every wait.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>
    /// Returns the defaults, changed by the environment variables of MLflow's Python client: MLFLOW_HTTP_REQUEST_TIMEOUT and MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT
    /// (seconds), MLFLOW_HTTP_REQUEST_MAX_RETRIES and MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR (seconds before the first repetition).
    /// </summary>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="TrackingException">A variable is not a number, or out of range.</exception>
    public static MlflowClientOptions Of(Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        var options = new MlflowClientOptions();
        if (Number("MLFLOW_HTTP_REQUEST_TIMEOUT", 1, 86_400) is { } timeout) options = options with { AttemptTimeout = TimeSpan.FromSeconds(timeout) };
        if (Number("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", 1, 604_800) is { } transfer) options = options with { TransferTimeout = TimeSpan.FromSeconds(transfer) };
        if (Number("MLFLOW_HTTP_REQUEST_MAX_RETRIES", 0, 10) is { } retries) options = options with { MaxRetries = (int)retries };
        if (Number("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", 0, 120) is { } factor) options = options with { RetryDelay = TimeSpan.FromSeconds(factor) };
        return options;

        double? Number(string name, double least, double most)
        {
            if (getVariable(name) is not { } text || string.IsNullOrWhiteSpace(text)) return null;
            return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
                ? number
                : throw new TrackingException($"The variable {name} is '{text}'; set it to a number from {least} to {most}, or remove it.");
        }
    }
}
