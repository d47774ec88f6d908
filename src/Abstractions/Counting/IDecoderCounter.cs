namespace HiEndMae.Counting;

/// <summary>A config of a decoder that knows what the decoder will cost; nothing is made.</summary>
public interface IDecoderCounter
{
    /// <summary>Stages that read encoder layers.</summary>
    int DenseStages { get; }

    /// <summary>Parts in the order they run.</summary>
    /// <param name="context">What the decoder is for.</param>
    /// <param name="maskRatio">Part of the tokens hidden from the encoder.</param>
    IReadOnlyList<OperationCount> Count(DecoderContext context, double maskRatio);
}
