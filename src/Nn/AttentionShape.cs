namespace HiEndMae.Nn;

/// <summary>Sizes of an attention whose queries, keys and values lie in rows of tokens, all heads of a token side by side.</summary>
/// <param name="Batch">B.</param>
/// <param name="Heads">H.</param>
/// <param name="Queries">Number of query tokens of a sample.</param>
/// <param name="Keys">Number of key tokens of a sample.</param>
/// <param name="HeadWidth">Channels of a head.</param>
/// <param name="QueryStep">Floats from the query of a token to that of the next.</param>
/// <param name="KeyStep">Floats from the key of a token to that of the next; the same for values.</param>
internal readonly record struct AttentionShape(int Batch, int Heads, int Queries, int Keys, int HeadWidth, int QueryStep, int KeyStep)
{
    /// <summary>Channels of all heads.</summary>
    public int Width => Heads * HeadWidth;

    /// <summary>Keys of a head, filled up to whole panels.</summary>
    public int PaddedKeys => Panels.Count(Keys) * Panels.Width;

    /// <summary>Channels of a head, filled up to whole panels.</summary>
    public int PaddedWidth => Panels.Count(HeadWidth) * Panels.Width;
}
