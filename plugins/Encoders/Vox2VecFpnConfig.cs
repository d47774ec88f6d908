using HiEndMae.Configuration;
using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

/// <summary>vox2vec's feature pyramid network: pre-activation residual blocks down and up, with one output per scale (Goncharov et al., arXiv:2307.14725). Accepts crops of any size.</summary>
[Component(Slot.Encoder, "vox2vec-fpn"), Gives(Features.Pyramid)]
public sealed partial record Vox2VecFpnConfig : IEncoderCounter
{
    private const int BlocksPerScale = 2;

    /// <summary>Channels of the finest scale; each coarser one has twice as many.</summary>
    [Range(1, 256)]
    public int BaseChannels { get; init; } = 16;

    /// <summary>Number of scales. Every axis is halved between two scales, rounded up.</summary>
    [Range(2, 8)]
    public int NumScales { get; init; } = 6;

    /// <summary>Probability that a sample skips the branch of the last block during training (stochastic depth); grows linearly from 0 at the first block.</summary>
    [Range(0, 0.95)]
    public double DropPath { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them. Results are the same; it takes much less memory and the time of another forward pass.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    internal int Width(int scale) => BaseChannels << scale;

    /// <summary>Total number of residual blocks: down, at the bottom, and up.</summary>
    internal int NumBlocks => BlocksPerScale * ((2 * NumScales) - 1);

    internal PyramidEncoderInfo Describe(EncoderContext context) =>
        new(context.InChannels, [.. Enumerable.Range(0, NumScales).Select(i => new PyramidLevel(Width(i), Size3.Cube(1 << i)))]) { IsTopDown = true };

    EncoderInfo IEncoderCounter.Describe(EncoderContext context) => Describe(context);

    IReadOnlyList<OperationCount> IEncoderCounter.Count(EncoderContext context, double maskRatio)
    {
        Size3 crop = context.CropSize;
        long Voxels(int scale)
        {
            int stride = 1 << scale;
            return (long)((crop.X + stride - 1) / stride) * ((crop.Y + stride - 1) / stride) * ((crop.Z + stride - 1) / stride);
        }
        LayerCounts Blocks(int scale) => LayerCounts.Sum(Enumerable.Repeat(PreActivationBlock.Count(Voxels(scale), Width(scale)), BlocksPerScale));
        LayerCounts Map(int scale, int inputs, int outputs) => LayerCounts.Convolution(Voxels(scale), inputs, outputs, 1, bias: true);
        var parts = new List<OperationCount> { Counts.Of("encoder.first", LayerCounts.Convolution(Voxels(0), context.InChannels, BaseChannels, 3, bias: true)) };
        for (int i = 0; i < NumScales - 1; i++) parts.Add(Counts.Of($"encoder.left.{i}", Blocks(i) + Map(i + 1, Width(i), Width(i + 1))));
        parts.Add(Counts.Of("encoder.bottom", Blocks(NumScales - 1)));
        for (int scale = NumScales - 2, i = 0; scale >= 0; scale--, i++)
            parts.Add(Counts.Of($"encoder.right.{i}", Map(scale + 1, Width(scale + 1), Width(scale)) + Map(scale, Width(scale), Width(scale)) + Blocks(scale)));
        return parts;
    }
}
