using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

public sealed partial record SwinConfig : IEncoderCounter
{
    /// <summary>Widths of the five levels.</summary>
    internal IReadOnlyList<int> Widths => [.. Enumerable.Range(0, NumStages + 1).Select(i => FeatureSize << i)];

    internal PyramidEncoderInfo Describe(EncoderContext context)
    {
        IEnumerable<PyramidLevel> levels = Widths.Select((width, i) => new PyramidLevel(width, Size3.Cube(2 << i)));
        return new PyramidEncoderInfo(context.InChannels, [.. SkipBlocks ? levels.Prepend(new PyramidLevel(FeatureSize, Size3.Cube(1))) : levels]);
    }

    EncoderInfo IEncoderCounter.Describe(EncoderContext context) => Describe(context);

    IReadOnlyList<OperationCount> IEncoderCounter.Count(EncoderContext context, double maskRatio)
    {
        Size3 crop = context.CropSize;
        long voxels = crop.Count;
        var parts = new List<OperationCount> { Counts.Of("encoder.patch_embed", LayerCounts.Convolution(new ConvShape(context.InChannels, FeatureSize, 2), voxels, voxels / 8)) };
        for (int i = 0; i < NumStages; i++)
        {
            int stride = 2 << i;
            parts.Add(Counts.Of($"encoder.stages.{i}", SwinStage.Count(FeatureSize << i, Depths[i], NumHeads[i], MlpRatio, WindowSize, UseV2, (crop.X / stride, crop.Y / stride, crop.Z / stride))));
        }
        if (SkipBlocks) parts.AddRange(SwinSkips.Count(context.InChannels, Widths, new UnetrBlockOptions(), voxels).Select(part => Counts.Of($"encoder.skips.{part.Name}", part.Counts)));
        return parts;
    }
}
