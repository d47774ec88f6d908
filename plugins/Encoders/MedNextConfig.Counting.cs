using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

public sealed partial record MedNextConfig : IEncoderCounter
{
    internal MedNextShape Block(int level) => new(NumChannels << level, NumChannels << level, ExpRatios[level], KernelSize, Norm);

    internal MedNextShape Down(int level) => new(NumChannels << level, NumChannels << (level + 1), ExpRatios[level + 1], KernelSize, Norm, MedNextStep.Down);

    internal PyramidEncoderInfo Describe(EncoderContext context) =>
        new(context.InChannels, [.. Enumerable.Range(0, NumLevels).Select(i => new PyramidLevel(NumChannels << i, Size3.Cube(1 << i)))]) { TakesCells = true };

    EncoderInfo IEncoderCounter.Describe(EncoderContext context) => Describe(context);

    IReadOnlyList<OperationCount> IEncoderCounter.Count(EncoderContext context, double maskRatio)
    {
        Size3 crop = context.CropSize;
        (long X, long Y, long Z) Grid(int level) => (crop.X >> level, crop.Y >> level, crop.Z >> level);
        OperationCount stem = Counts.Of("encoder.stem", LayerCounts.Convolution(crop.Count, context.InChannels, NumChannels, 1, bias: true));
        var parts = new List<OperationCount> { DummyTensor ? stem with { Parameters = stem.Parameters + 1 } : stem };
        for (int level = 0; level < NumLevels; level++)
        {
            parts.Add(Counts.Of($"encoder.levels.{level}", MedNextBlock.Count(Block(level), Grid(level))).Times(BlockCounts[level]));
            if (level + 1 < NumLevels) parts.Add(Counts.Of($"encoder.down.{level}", MedNextBlock.Count(Down(level), Grid(level))));
        }
        return parts;
    }
}
