namespace HiEndMae;

/// <summary>A convolutional or windowed encoder that returns a <see cref="FeaturePyramid"/>.</summary>
public abstract class PyramidEncoder : Encoder
{
    /// <summary>Creates the module.</summary>
    protected PyramidEncoder(string name) : base(name)
    {
    }

    /// <summary>Properties of the levels that the encoder returns.</summary>
    public abstract PyramidEncoderInfo PyramidInfo { get; }

    /// <inheritdoc/>
    public sealed override EncoderInfo Info => PyramidInfo;
}
