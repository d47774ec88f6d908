using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record ModelsGenesisConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => 0;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio) =>
        [Counts.Of("decoder.final_conv", LayerCounts.Convolution(context.CropSize.Count, ModelsGenesisTask.Finest(context).Channels, context.Encoder.InChannels, 1, bias: true))];
}
