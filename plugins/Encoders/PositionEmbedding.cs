namespace HiEndMae.Plugins.Encoders;

/// <summary>Where tokens get their positions from.</summary>
public enum PositionEmbedding
{
    /// <summary>Sine-cosine table, fixed in pre-training.</summary>
    Sincos,

    /// <summary>Trained table.</summary>
    Perceptron,
}
