using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record Pcrlv2Config : IDecoderCounter
{
    private const int NumGlobalViews = 2;

    int IDecoderCounter.DenseStages => 0;

    int IDecoderCounter.EncoderPasses => NumGlobalViews;

    IReadOnlyList<EncoderViews> IDecoderCounter.OtherViews => [new(LocalSize, LocalViews)];

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        Pcrlv2Shape shape = Pcrlv2Shape.Of(this, context);
        var parts = new List<OperationCount>();
        foreach ((int i, PyramidLevel level) in shape.Levels.Index())
        {
            long voxels = GlobalSize.Count / level.Stride.Count;
            parts.Add(Often($"decoder.heads.{i}.prediction", Pcrlv2Heads.CountPrediction(level.Channels), NumGlobalViews + LocalViews));
            parts.Add(Often($"decoder.heads.{i}.restoration", Pcrlv2Heads.CountRestoration(level.Channels, shape.InChannels, voxels), NumGlobalViews));
        }
        int width = shape.Levels[^1].Channels;
        OperationCount finest = Often("decoder.final_conv", LayerCounts.Convolution(GlobalSize.Count, width, shape.InChannels, 1, bias: true), NumGlobalViews);
        // The small views are restored too, although no loss reads it.
        parts.Add((finest + Counts.Of(finest.Part, LayerCounts.Convolution(LocalSize.Count, width, shape.InChannels, 1, bias: true)).Times(LocalViews)) with { Parameters = finest.Parameters });
        return parts;
    }

    private static OperationCount Often(string part, LayerCounts counts, int views)
    {
        OperationCount one = Counts.Of(part, counts);
        return one.Times(views) with { Parameters = one.Parameters };
    }
}
