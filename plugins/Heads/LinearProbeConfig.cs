using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>A linear map from features to classes: from the last tokens, upsampled to voxels, or from every level of a pyramid, summed (vox2vec's head). With a frozen encoder it is a quick test of representations.</summary>
[Component(Slot.Head, "linear-probe"), Reads(Features.Tokens | Features.Pyramid)]
public sealed partial record LinearProbeConfig : IHeadCounter
{
    /// <summary>Whether the encoder is not trained. vox2vec's fine-tuning trains it.</summary>
    public bool FreezeEncoder { get; init; } = true;

    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        if (context.Encoder is TokenEncoderInfo tokens)
        {
            LayerCounts map = LayerCounts.Linear(tokens.Grid.Count, tokens.EmbedDim, context.NumClasses);
            return [Counts.Of("head.classify", map with { Activations = map.Activations + (context.CropSize.Count * context.NumClasses) })];
        }
        return [.. ((PyramidEncoderInfo)context.Encoder).Levels.Select((level, i) => Counts.Of(
            $"head.levels.{i}", LayerCounts.Convolution(PyramidHead.Voxels(context.CropSize, level.Stride), level.Channels, context.NumClasses, 1, bias: i == 0)))];
    }
}
