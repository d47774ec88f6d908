namespace HiEndMae.Plugins.Encoders;

/// <summary>Source of the positions of tokens.</summary>
public enum PositionEmbedding
{
    /// <summary>Sine-cosine table, fixed during pre-training.</summary>
    Sincos,

    /// <summary>Learned table.</summary>
    Perceptron,
}
