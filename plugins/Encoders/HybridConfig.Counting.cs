using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

public sealed partial record HybridConfig : IEncoderCounter
{
    internal MedNextShape Block(int level) => new(Widths[level], Widths[level], ExpRatios[level], KernelSize);

    // Skips already have the larger width.
    internal PyramidEncoderInfo Describe(EncoderContext context) =>
        new(context.InChannels, [.. Enumerable.Range(0, NumLevels).Select(i => new PyramidLevel(Widths[Math.Min(i + 1, NumLevels - 1)], Size3.Cube(1 << i)))]) { TakesCells = true };

    EncoderInfo IEncoderCounter.Describe(EncoderContext context) => Describe(context);

    IReadOnlyList<OperationCount> IEncoderCounter.Count(EncoderContext context, double maskRatio)
    {
        Size3 crop = context.CropSize;
        (long X, long Y, long Z) Grid(int level) => (crop.X >> level, crop.Y >> level, crop.Z >> level);
        long Voxels(int level) => crop.Count >> (3 * level);
        var parts = new List<OperationCount> { Counts.Of("encoder.stem", LayerCounts.Convolution(crop.Count, context.InChannels, Widths[0], 3, bias: true)) };
        for (int level = 0; level < NumLevels; level++)
        {
            LayerCounts blocks = LayerCounts.Sum(Enumerable.Repeat(MedNextBlock.Count(Block(level), Grid(level)), BlockCounts[level]));
            if (level + 1 < NumLevels) blocks += LayerCounts.Convolution(Voxels(level), Widths[level], Widths[level + 1], 3, bias: true);
            parts.Add(Counts.Of($"encoder.levels.{level}", blocks));
        }
        long tokens = Voxels(NumLevels - 1);
        if (VitDepth == 0) return parts;
        parts.Add(Counts.Of("encoder.blocks", LayerCounts.TransformerBlock(tokens, Widths[^1], MlpRatio)).Times(VitDepth));
        parts.Add(Counts.Of("encoder.norm", LayerCounts.Norm(tokens, Widths[^1])));
        return parts;
    }
}
