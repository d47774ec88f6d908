using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

public sealed partial record UnetrConfig : IHeadCounter
{
    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        TokenEncoderInfo info = context.Encoder as TokenEncoderInfo ?? throw new PluginException("unetr needs an encoder of patch tokens; this one returns a feature pyramid.");
        var levels = UnetrLevels.Of(info.PatchSize);
        long n1 = info.Grid.Count, full = context.CropSize.Count;
        long Voxels(int doublings) => n1 << (3 * doublings);
        long width = info.EmbedDim, f = FeatureSize;
        var options = new UnetrBlockOptions(Norm, ResidualBlocks);
        LayerCounts Block(long voxels, long inputs, long outputs) => LayerCounts.ResBlock(voxels, inputs, outputs, options);
        LayerCounts Step(bool doubles, long voxels, long inputs, long outputs) =>
            doubles ? LayerCounts.Doubling(voxels, inputs, outputs) : LayerCounts.Convolution(voxels, inputs, outputs, 1);
        LayerCounts Up(bool doubles, long voxels, long inputs, long outputs) => Step(doubles, voxels, inputs, outputs) + Block(voxels, 2 * outputs, outputs);
        LayerCounts Projection(int stage, long outputs)
        {
            int doublings = levels.DoublingsAfter(stage);
            LayerCounts counts = Step(doublings > 0, Voxels(Math.Min(1, doublings)), width, outputs);
            for (int i = 2; i <= doublings; i++) counts += LayerCounts.Doubling(Voxels(i), outputs, outputs) + Block(Voxels(i), outputs, outputs);
            return counts;
        }

        LayerCounts Stage(int stage, long inputs, long outputs) => Up(levels.Doubles(stage), Voxels(levels.DoublingsAfter(stage)), inputs, outputs);
        LayerCounts last = levels.EndsWithDoubling
            ? Up(true, full, 2 * f, f)
            : LayerCounts.Convolution(full, 2 * f, f, 3, bias: true) + Block(full, 2 * f, f);
        return
        [
            Counts.Of("head.encoder1", Block(full, info.InChannels, f)),
            Counts.Of("head.encoder2", Projection(2, 2 * f)),
            Counts.Of("head.encoder3", Projection(1, 4 * f)),
            Counts.Of("head.encoder4", Projection(0, 8 * f)),
            Counts.Of("head.decoder5", Stage(0, width, 8 * f)),
            Counts.Of("head.decoder4", Stage(1, 8 * f, 4 * f)),
            Counts.Of("head.decoder3", Stage(2, 4 * f, 2 * f)),
            Counts.Of("head.decoder2", last),
            Counts.Of("head.out", LayerCounts.Convolution(full, f, context.NumClasses, 1, bias: true)),
        ];
    }
}
