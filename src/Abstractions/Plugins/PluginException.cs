namespace HiEndMae;

/// <summary>Thrown by a plugin, or while one is loaded, if a component cannot be built or used as configured. The message is one sentence for the user.</summary>
public sealed class PluginException : Exception
{
    /// <summary>Creates the error.</summary>
    public PluginException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
