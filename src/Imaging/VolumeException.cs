namespace HiEndMae.Imaging;

/// <summary>Thrown if a volume cannot be read, written or used. The message is one sentence for the user and names the file.</summary>
public sealed class VolumeException : Exception
{
    /// <summary>Creates the error.</summary>
    public VolumeException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
