namespace HiEndMae.Configuration.Shared;

/// <summary>A mistake of the user that no position in an experiment file explains, such as a wrong option or a missing folder. The program prints the message and exits with <see cref="ExitCodes.BadUsage"/>.</summary>
public sealed class UserException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One sentence for the user: what is wrong, where, and what to do.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public UserException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
