namespace HiEndMae.Counting;

/// <summary>A config of an encoder that knows what the encoder will cost; nothing is made.</summary>
public interface IEncoderCounter
{
    /// <summary>What decoders and heads will be built from.</summary>
    EncoderInfo Describe(EncoderContext context);

    /// <summary>Parts in the order they run.</summary>
    /// <param name="context">What the encoder is for.</param>
    /// <param name="maskRatio">Part of the tokens hidden from it; 0 for whole volumes.</param>
    IReadOnlyList<OperationCount> Count(EncoderContext context, double maskRatio);
}
