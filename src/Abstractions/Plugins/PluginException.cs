namespace HiEndMae;

/// <summary>A component that cannot be built or used as configured; the message is one sentence for the user.</summary>
public sealed class PluginException : Exception
{
    /// <summary>Creates the error.</summary>
    public PluginException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
