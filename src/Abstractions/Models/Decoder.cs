namespace HiEndMae;

/// <summary>A pretext task that reconstructs what is masked. Plugins that were written against this class work as they are; new ones derive from <see cref="PretextTask"/>.</summary>
/// <remarks>An implementation has one constructor, <c>(TConfig config, DecoderContext context)</c>.</remarks>
public abstract class Decoder : PretextTask
{
    /// <summary>Creates the module.</summary>
    protected Decoder(string name) : base(name)
    {
    }

    /// <inheritdoc/>
    public abstract override bool UsesMask { get; }
}
