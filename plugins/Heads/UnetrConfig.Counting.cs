using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

public sealed partial record UnetrConfig : IHeadCounter
{
    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        TokenEncoderInfo info = context.Encoder as TokenEncoderInfo ?? throw new PluginException("unetr needs an encoder of patch tokens; this one returns a feature pyramid.");
        long n1 = info.Grid.Count, n2 = 8 * n1, n4 = 64 * n1, n8 = 512 * n1, full = context.CropSize.Count;
        long width = info.EmbedDim, f = FeatureSize;
        var options = new UnetrBlockOptions(Norm, ResidualBlocks);
        LayerCounts Block(long voxels, long inputs, long outputs) => LayerCounts.ResBlock(voxels, inputs, outputs, options);
        LayerCounts Up(long voxels, long inputs, long outputs) => LayerCounts.Doubling(voxels, inputs, outputs) + Block(voxels, 2 * outputs, outputs);
        LayerCounts last = info.PatchSize == Size3.Cube(16)
            ? Up(full, 2 * f, f)
            : LayerCounts.Convolution(full, 2 * f, f, 3, bias: true) + Block(full, 2 * f, f);
        return
        [
            Of("head.encoder1", Block(full, info.InChannels, f)),
            Of("head.encoder2", LayerCounts.Doubling(n2, width, 2 * f) + LayerCounts.Doubling(n4, 2 * f, 2 * f) + Block(n4, 2 * f, 2 * f)
                + LayerCounts.Doubling(n8, 2 * f, 2 * f) + Block(n8, 2 * f, 2 * f)),
            Of("head.encoder3", LayerCounts.Doubling(n2, width, 4 * f) + LayerCounts.Doubling(n4, 4 * f, 4 * f) + Block(n4, 4 * f, 4 * f)),
            Of("head.encoder4", LayerCounts.Doubling(n2, width, 8 * f)),
            Of("head.decoder5", Up(n2, width, 8 * f)),
            Of("head.decoder4", Up(n4, 8 * f, 4 * f)),
            Of("head.decoder3", Up(n8, 4 * f, 2 * f)),
            Of("head.decoder2", last),
            Of("head.out", LayerCounts.Convolution(full, f, context.NumClasses, 1, bias: true)),
        ];
    }

    private static OperationCount Of(string part, LayerCounts counts) => new(part, counts.Parameters, counts.Activations, counts.Operations, counts.Operations);
}
