using HiEndMae.Counting;

namespace HiEndMae.Plugins.Decoders;

public sealed partial record MaeConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => 0;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio) => DecoderCounts.Of(MaeDecoder.Staged(this), context, maskRatio);
}
