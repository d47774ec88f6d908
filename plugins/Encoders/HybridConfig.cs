using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Encoders;

/// <summary>HySparK's encoder: MedNeXt blocks down to a Vision Transformer at stride 16 (Tang et al., arXiv:2408.05815).</summary>
[Component(Slot.Encoder, "hybrid"), Gives(Features.Pyramid)]
public sealed partial record HybridConfig : ICropRule
{
    internal const int NumLevels = 5;
    private const int Stride = 1 << (NumLevels - 1);

    /// <summary>Channels of the blocks of the finest level, then of the five levels after each is widened. The last one is the token width, a multiple of 6.</summary>
    [NotEmpty, Range(1, 4096)]
    public IReadOnlyList<int> Widths { get; init; } = [32, 64, 128, 256, 384];

    /// <summary>Blocks of each level, finest first.</summary>
    [NotEmpty, Range(1, 64)]
    public IReadOnlyList<int> BlockCounts { get; init; } = [1, 1, 3, 3, 1];

    /// <summary>Expansion ratio of the blocks of each level, finest first.</summary>
    [NotEmpty, Range(1, 16)]
    public IReadOnlyList<int> ExpRatios { get; init; } = [2, 4, 4, 4, 2];

    /// <summary>Edge of the depthwise kernels.</summary>
    [Range(1, 11)]
    public int KernelSize { get; init; } = 3;

    /// <summary>Number of transformer blocks. With 0, the coarsest map comes from the convolutions.</summary>
    [Range(0, 128)]
    public int VitDepth { get; init; } = 3;

    /// <summary>Attention heads. The official code uses an eighth of the side of the crop: 12 for 96.</summary>
    [Range(1, 256)]
    public int VitHeads { get; init; } = 12;

    /// <summary>Hidden width of an MLP / token width.</summary>
    [Range(0.25, 16)]
    public double MlpRatio { get; init; } = 4;

    /// <summary>Probability that a sample skips the branches of the last block during training (stochastic depth); grows linearly from 0 at the first block. Convolutional blocks come first.</summary>
    [Range(0, 0.95)]
    public double DropPath { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them. Results are the same; it takes much less memory and the time of another forward pass.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    /// <inheritdoc/>
    public string? RefusalOf(Size3 crop, EncoderUse use)
    {
        if (CropRule.Multiple("hybrid", crop, Size3.Cube(Stride)) is { } refusal) return refusal;
        return crop == Size3.Cube(crop.X) ? null : $"hybrid takes only cubes, and {crop} is not a cube; allowed: the same multiple of {Stride} along every axis";
    }

    /// <summary>Reports configs that the constructor would reject.</summary>
    internal IEnumerable<(string Property, string Message)> Problems()
    {
        if (Widths.Count != NumLevels) yield return (nameof(Widths), $"there are {NumLevels} widths, and {Widths.Count} are given");
        if (BlockCounts.Count != NumLevels) yield return (nameof(BlockCounts), $"there are {NumLevels} levels, and {BlockCounts.Count} numbers of blocks are given");
        if (ExpRatios.Count != NumLevels) yield return (nameof(ExpRatios), $"there are {NumLevels} levels, and {ExpRatios.Count} ratios are given");
        if (KernelSize % 2 == 0) yield return (nameof(KernelSize), $"a depthwise kernel has an odd edge, which {KernelSize} is not; nearest: {KernelSize - 1} or {KernelSize + 1}");
        if (Widths[^1] % VitHeads != 0) yield return (nameof(VitHeads), $"tokens are {Widths[^1]} wide, which {VitHeads} heads do not divide");
        if (Widths[^1] % 6 != 0) yield return (nameof(Widths), $"sine-cosine positions need a token width that is a multiple of 6, which {Widths[^1]} is not; nearest: {Widths[^1] / 6 * 6} or {(Widths[^1] / 6 * 6) + 6}");
    }

    partial void Check(KeyReport report)
    {
        foreach ((string property, string message) in Problems()) report.Error(property, message);
    }
}
