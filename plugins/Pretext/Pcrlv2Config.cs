using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>PCRLv2: a U-Net without skips restores a crop at several levels, and its crops, large and small, are compared at a level drawn at random (Zhou et al., arXiv:2301.00772). The defaults are those of the official run.</summary>
/// <remarks>A crop of <c>[pretrain.data]</c> is the region in which the boxes of the views are placed. The official code takes the whole scan.</remarks>
[Component(Slot.Decoder, "pcrlv2"), Reads(Features.Pyramid), WithoutMask]
public sealed partial record Pcrlv2Config : IViewSizes
{
    /// <summary>Size of the two large views in voxels. Their boxes are resized to it.</summary>
    [Range(8, 1024)]
    public Size3 GlobalSize { get; init; } = new(64, 64, 32);

    /// <summary>Sizes in voxels from which the boxes of the large views are drawn.</summary>
    [NotEmpty, Range(1, 4096)]
    public IReadOnlyList<Size3> GlobalBoxes { get; init; } = [new(96, 96, 64), new(96, 96, 96), new(112, 112, 64), new(64, 64, 32)];

    /// <summary>The boxes of the two large views are drawn again until their intersection, divided by their union, is larger than this. After 1,000 draws the second box is the first.</summary>
    [Range(0, 0.99)]
    public double MinOverlap { get; init; } = 0.3;

    /// <summary>Number of small views.</summary>
    [Range(1, 64)]
    public int LocalViews { get; init; } = 6;

    /// <summary>Size of a small view in voxels. Its box is resized to it.</summary>
    [Range(8, 1024)]
    public Size3 LocalSize { get; init; } = Size3.Cube(16);

    /// <summary>Sizes in voxels from which the boxes of the small views are drawn. A box starts anywhere in the union of the large boxes, and is cut where the region ends.</summary>
    [NotEmpty, Range(1, 4096)]
    public IReadOnlyList<Size3> LocalBoxes { get; init; } = [new(32, 32, 16), new(16, 16, 16), new(32, 32, 32), new(8, 8, 8)];

    /// <summary>Probability of a flip of a view along x.</summary>
    [Range(0, 1)]
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>A view is scaled by a factor between 1 minus and 1 plus this, drawn for each axis.</summary>
    [Range(0, 0.9)]
    public double MaxScaling { get; init; } = 0.1;

    /// <summary>Largest rotation about each axis, in degrees.</summary>
    [Range(0, 180)]
    public double MaxDegrees { get; init; } = 10;

    /// <summary>Largest standard deviation of the smoothing along each axis, in voxels.</summary>
    [Range(0, 100)]
    public double MaxBlur { get; init; } = 2;

    /// <summary>Largest standard deviation of normal noise.</summary>
    [Range(0, 100)]
    public double MaxNoise { get; init; } = 0.25;

    /// <summary>Largest absolute logarithm of the exponent of intensities.</summary>
    [Range(0, 10)]
    public double MaxLogGamma { get; init; } = 0.3;

    /// <summary>Number of exchanges of two blocks of 8 x 4 x 4 voxels in a large view.</summary>
    [Range(0, 100_000)]
    public int Swaps { get; init; } = 100;

    /// <inheritdoc/>
    public Size3 EncoderCrop(Size3 crop) => GlobalSize;

    partial void Check(KeyReport report)
    {
        if (GlobalSize.X < SwapBlock.X || GlobalSize.Y < SwapBlock.Y || GlobalSize.Z < SwapBlock.Z) report.Error(nameof(GlobalSize), $"blocks of {SwapBlock} voxels do not fit into a view of {GlobalSize}");
    }

    internal static Size3 SwapBlock => new(8, 4, 4);
}
