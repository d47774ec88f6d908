using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

public sealed partial record MitConfig : IEncoderCounter
{
    internal static ConvShape Stem(int inputs, int outputs) => new(inputs, outputs, StemKernel) { Strides = (1, 2, 2) };

    internal static ConvShape Embed(int inputs, int outputs) => new(inputs, outputs, EmbedKernel) { Stride = 2 };

    /// <summary>Finest first: the convolutional level, the three decoder stages, and the last encoder stage.</summary>
    internal PyramidEncoderInfo Describe(EncoderContext context) => new(
        context.InChannels,
        [new PyramidLevel(StemChannels, StrideOf(-1)), .. EmbedDims.Select((width, stage) => new PyramidLevel(width, StrideOf(stage)))])
    {
        IsTopDown = true,
        SliceEmbedding = TakesSlices && context.Use == EncoderUse.Pretraining ? EmbedDims[0] : null,
    };

    EncoderInfo IEncoderCounter.Describe(EncoderContext context) => Describe(context);

    IReadOnlyList<OperationCount> IEncoderCounter.Count(EncoderContext context, double maskRatio)
    {
        Size3 crop = context.CropSize;
        (long X, long Y, long Z) Grid(int stage) => (crop.X / StrideOf(stage).X, crop.Y / StrideOf(stage).Y, crop.Z / StrideOf(stage).Z);
        var parts = new List<OperationCount> { Counts.Of("encoder.stem", MitConvBlock.Count(Stem(context.InChannels, StemChannels), (crop.X, crop.Y, crop.Z))) };
        LayerCounts Positions(int stage) => new() { Parameters = Grid(stage).X * Grid(stage).Y * Grid(stage).Z * EmbedDims[stage] };
        for (int i = 0; i < NumStages; i++)
        {
            LayerCounts blocks = LayerCounts.Sum(Enumerable.Repeat(MitBlock.Count(EmbedDims[i], SrRatios[i], MlpRatio, bias: true, Grid(i)), Depths[i]));
            parts.Add(Counts.Of($"encoder.stages.{i}", MitConvBlock.Count(Embed(i == 0 ? StemChannels : EmbedDims[i - 1], EmbedDims[i]), Grid(i - 1)) + Positions(i) + blocks));
        }
        for (int i = 0; i < NumStages - 1; i++)
        {
            int stage = NumStages - 2 - i;
            (long x, long y, long z) = Grid(stage);
            LayerCounts blocks = LayerCounts.Sum(Enumerable.Repeat(MitBlock.Count(EmbedDims[stage], DecoderSrRatios[i], MlpRatio, bias: false, Grid(stage)), DecoderDepths[i]));
            parts.Add(Counts.Of($"encoder.up.{i}", LayerCounts.Doubling(x * y * z, EmbedDims[stage + 1], EmbedDims[stage], bias: true) + Positions(stage) + blocks));
        }
        (long gx, long gy, long gz) = Grid(0);
        parts.Add(Counts.Of("encoder.norm", LayerCounts.Norm(gx * gy * gz, EmbedDims[0])));
        if (TakesSlices && context.Use == EncoderUse.Pretraining) parts.Add(Slices(context));
        return parts;
    }

    // The slices of a volume. Class tokens of volumes are not counted, because they are only one token each.
    private OperationCount Slices(EncoderContext context)
    {
        Size3 crop = context.CropSize;
        (long Y, long Z) Grid(int stage) => (crop.Y / StrideOf(stage).Y, crop.Z / StrideOf(stage).Z);
        long Pixels(int stage) => Grid(stage).Y * Grid(stage).Z;
        LayerCounts slice = MitSliceConvBlock.Count(MitSlices.Colours * context.InChannels, StemChannels, StemKernel, Pixels(-1));
        // Weights of the blocks are those of volumes.
        LayerCounts Blocks(int stage, int depth, int ratio, bool bias)
        {
            (long y, long z) = Grid(stage);
            int width = EmbedDims[stage];
            LayerCounts blocks = LayerCounts.Sum(Enumerable.Repeat(MitBlock.CountSlices(width, ratio, MlpRatio, bias, y, z), depth));
            long positions = (1 + Pixels(stage) + 1) * width, reductions = ratio == 1 ? 0 : depth * (((long)width * width * ratio * ratio) + width);
            return blocks with { Parameters = positions + reductions };
        }

        for (int i = 0; i < NumStages; i++)
        {
            slice += MitSliceConvBlock.Count(i == 0 ? StemChannels : EmbedDims[i - 1], EmbedDims[i], EmbedKernel, Pixels(i)) + Blocks(i, Depths[i], SrRatios[i], bias: true)
                + (i == 0 ? new LayerCounts { Parameters = EmbedDims[0] } : LayerCounts.Linear(1, EmbedDims[i - 1], EmbedDims[i]));
        }
        for (int i = 0; i < NumStages - 1; i++)
        {
            int stage = NumStages - 2 - i, inputs = EmbedDims[stage + 1], outputs = EmbedDims[stage];
            var doubling = new LayerCounts { Parameters = (4L * inputs * outputs) + outputs, Activations = Pixels(stage) * outputs, TransposedConvolutions = Pixels(stage) * inputs * outputs };
            slice += doubling + Blocks(stage, DecoderDepths[i], DecoderSrRatios[i], bias: false) + LayerCounts.Linear(1, inputs, outputs);
        }
        slice += LayerCounts.Norm(1, EmbedDims[0]) with { Parameters = 0 };
        OperationCount one = Counts.Of("encoder.slices", slice);
        return one.Times(crop.X) with { Parameters = one.Parameters };
    }
}
