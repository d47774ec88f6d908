using HiEndMae.Counting;

namespace HiEndMae.Plugins.Decoders;

public sealed partial record HiEndMaeConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => DenseLayers.Count;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio) => DecoderCounts.Of(this, context, maskRatio);
}
