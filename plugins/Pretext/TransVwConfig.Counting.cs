using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record TransVwConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => 0;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        (PyramidLevel finest, PyramidLevel coarsest) = TransVwTask.LevelsOf(this, context);
        Size3 crop = context.CropSize;
        var parts = new List<OperationCount> { Counts.Of("decoder.final_conv", LayerCounts.Convolution(crop.Count, finest.Channels, context.Encoder.InChannels, 1, bias: true)) };
        if (Words is null) return parts;
        long voxels = (long)Up(crop.X, coarsest.Stride.X) * Up(crop.Y, coarsest.Stride.Y) * Up(crop.Z, coarsest.Stride.Z);
        LayerCounts head = LayerCounts.Convolution(voxels, coarsest.Channels, ClassChannels, 3, bias: true) + new LayerCounts { Parameters = 2 * ClassChannels } + LayerCounts.Linear(1, ClassChannels, NumWords);
        parts.Add(Counts.Of("decoder.classifier", head));
        return parts;
    }

    private static int Up(int side, int stride) => (side + stride - 1) / stride;
}
