using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>One linear map of each feature to classes: of the last tokens, upsampled to voxels, or of every level of a pyramid, added up (vox2vec's head). With a frozen encoder it is a quick look at representations.</summary>
[Component(Slot.Head, "linear-probe")]
public sealed partial record LinearProbeConfig : IHeadCounter
{
    /// <summary>Whether the encoder stays as it is; vox2vec's fine-tuning trains it.</summary>
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
