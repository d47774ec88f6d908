namespace HiEndMae.Imaging;

/// <summary>A volume that cannot be read, written or used; the message is one sentence for the user and names the file.</summary>
public sealed class VolumeException : Exception
{
    /// <summary>Creates the error.</summary>
    public VolumeException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
