namespace HiEndMae.Counting;

/// <summary>Implemented by configs of pretext tasks to count the task's parameters and operations without creating it.</summary>
public interface IDecoderCounter
{
    /// <summary>Number of stages that read encoder layers.</summary>
    int DenseStages { get; }

    /// <summary>Number of times that the encoder runs for a crop, such as 2 for two views. The parts of the encoder are counted as often.</summary>
    int EncoderPasses => 1;

    /// <summary>Views of other sizes that the encoder runs on as well, for a crop. The parts of the encoder are counted for them too.</summary>
    IReadOnlyList<EncoderViews> OtherViews => [];

    /// <summary>Counts the parts in the order in which they run.</summary>
    /// <param name="context">The encoder and crop that the task is built for.</param>
    /// <param name="maskRatio">Fraction of the tokens that is hidden from the encoder.</param>
    IReadOnlyList<OperationCount> Count(DecoderContext context, double maskRatio);
}
