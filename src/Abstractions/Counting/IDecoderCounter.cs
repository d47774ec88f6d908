namespace HiEndMae.Counting;

/// <summary>A config of a decoder that knows what the pretext task will cost; nothing is made.</summary>
public interface IDecoderCounter
{
    /// <summary>Number of stages that read encoder layers.</summary>
    int DenseStages { get; }

    /// <summary>How often the encoder runs for a crop, such as once for each of two views. Its parts are counted so often.</summary>
    int EncoderPasses => 1;

    /// <summary>Parts in the order they run.</summary>
    /// <param name="context">What the decoder is for.</param>
    /// <param name="maskRatio">Part of the tokens hidden from the encoder.</param>
    IReadOnlyList<OperationCount> Count(DecoderContext context, double maskRatio);
}
