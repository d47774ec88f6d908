namespace HiEndMae.Counting;

/// <summary>Implemented by configs of decoders to count the decoder's parameters and operations without creating it.</summary>
public interface IDecoderCounter
{
    /// <summary>Number of stages that read encoder layers.</summary>
    int DenseStages { get; }

    /// <summary>Counts the parts in the order in which they run.</summary>
    /// <param name="context">The encoder and crop that the decoder is built for.</param>
    /// <param name="maskRatio">Fraction of the tokens that is hidden from the encoder.</param>
    IReadOnlyList<OperationCount> Count(DecoderContext context, double maskRatio);
}
