namespace HiEndMae.Engine.Collectives;

/// <summary>The processes of a training cannot communicate: a transport is missing or has failed, or a rank has died. The message says what happened and what to do.</summary>
public sealed class ProcessGroupException : IOException
{
    /// <param name="message">What is wrong and what to do.</param>
    public ProcessGroupException(string message) : base(message)
    {
    }

    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="inner">The cause.</param>
    public ProcessGroupException(string message, Exception inner) : base(message, inner)
    {
    }
}
