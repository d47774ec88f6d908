namespace HiEndMae.Mlflow;

/// <summary>Tracking failed. The message is one sentence for the user and holds no credentials.</summary>
public sealed class TrackingException : Exception
{
    /// <summary>A failure without a cause beneath it.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    public TrackingException(string message) : base(message)
    {
    }

    /// <summary>A failure with its cause.</summary>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="cause">What the system said.</param>
    public TrackingException(string message, Exception cause) : base(message, cause)
    {
    }
}
