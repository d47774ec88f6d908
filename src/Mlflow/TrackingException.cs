namespace HiEndMae.Mlflow;

/// <summary>Tracking failed. The message is one sentence for the user and holds no credentials.</summary>
public sealed class TrackingException : Exception
{
    /// <summary>A request that is refused, without a cause beneath it.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    public TrackingException(string message) : base(message)
    {
    }

    /// <summary>A request that is refused, with its cause.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="cause">What the system said.</param>
    public TrackingException(string message, Exception cause) : base(message, cause)
    {
    }

    /// <summary>A failure of a given kind.</summary>
    /// <param name="failure">Whether trying again can help.</param>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="cause">What the system said.</param>
    public TrackingException(TrackingFailure failure, string message, Exception? cause = null) : base(message, cause) => Failure = failure;

    /// <summary>Whether trying again can help.</summary>
    public TrackingFailure Failure { get; }

    /// <summary>The server's word for it, such as INVALID_PARAMETER_VALUE; null where there is none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The HTTP status; null where no server answered.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Whether the store may have carried out the request all the same, and it is one that must not be done twice.</summary>
    public bool IsAmbiguous { get; init; }
}
