namespace HiEndMae.Counting;

/// <summary>Implemented by configs of encoders to count the encoder's parameters and operations without creating it.</summary>
public interface IEncoderCounter
{
    /// <summary>Returns the properties from which decoders and heads are built.</summary>
    EncoderInfo Describe(EncoderContext context);

    /// <summary>Counts the parts in the order in which they run.</summary>
    /// <param name="context">The channels and crop that the encoder is built for.</param>
    /// <param name="maskRatio">Fraction of the tokens that is hidden from the encoder; 0 for whole volumes.</param>
    IReadOnlyList<OperationCount> Count(EncoderContext context, double maskRatio);
}
