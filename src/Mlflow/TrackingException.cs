namespace HiEndMae.Mlflow;

/// <summary>A failure of tracking. The message is one sentence for the user and contains no credentials.</summary>
public sealed class TrackingException : Exception
{
    /// <summary>Creates the error of a refused request.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    public TrackingException(string message) : base(message)
    {
    }

    /// <summary>Creates the error of a refused request with its cause.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="cause">The underlying error.</param>
    public TrackingException(string message, Exception cause) : base(message, cause)
    {
    }

    /// <summary>Creates an error of a given kind.</summary>
    /// <param name="failure">Whether a repetition may succeed.</param>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="cause">The underlying error.</param>
    public TrackingException(TrackingFailure failure, string message, Exception? cause = null) : base(message, cause) => Failure = failure;

    /// <summary>Whether a repetition may succeed.</summary>
    public TrackingFailure Failure { get; }

    /// <summary>The server's error code, such as INVALID_PARAMETER_VALUE; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The HTTP status; null if no server answered.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Whether a repetition succeeds only after the user has corrected a setting.</summary>
    public bool NeedsUser { get; init; }

    /// <summary>Whether the store may have completed a request that must not be repeated.</summary>
    public bool IsAmbiguous { get; init; }
}
