using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Encoders;

/// <summary>The Swin Transformer of SwinUNETR: five levels of strides 2 to 32 (Hatamizadeh et al., arXiv:2201.01266; MONAI 1.2).</summary>
[Component(Slot.Encoder, "swin"), Gives(Features.Pyramid)]
public sealed partial record SwinConfig : ICropRule
{
    internal const int NumStages = 4;
    private const int Stride = 32;

    /// <summary>Channels of the finest level, f; the coarsest has 16 f.</summary>
    [Range(1, 1024)]
    public int FeatureSize { get; init; } = 48;

    /// <summary>Blocks of each of the four stages; every second block shifts its windows.</summary>
    [NotEmpty, Range(1, 64)]
    public IReadOnlyList<int> Depths { get; init; } = [2, 2, 2, 2];

    /// <summary>Attention heads of each stage. They must divide its width, which is f, 2 f, 4 f or 8 f.</summary>
    [NotEmpty, Range(1, 256)]
    public IReadOnlyList<int> NumHeads { get; init; } = [3, 6, 12, 24];

    /// <summary>Edge of a window in tokens. Windows are not longer than the side of a level.</summary>
    [Range(2, 16)]
    public int WindowSize { get; init; } = 7;

    /// <summary>Hidden width of an MLP / width of its stage.</summary>
    [Range(0.25, 16)]
    public double MlpRatio { get; init; } = 4;

    /// <summary>Which tokens are merged between stages: merging (official weights) or mergingv2.</summary>
    public PatchMergingKind Downsample { get; init; } = PatchMergingKind.Merging;

    /// <summary>Whether a residual convolution block precedes each stage: SwinUNETR-V2, as used by VoCo.</summary>
    public bool UseV2 { get; init; }

    /// <summary>Whether the residual blocks on the skips belong to the encoder, so that pre-training trains them (VoCo). There are six levels of strides 1 to 32 then. Otherwise they belong to the head.</summary>
    public bool SkipBlocks { get; init; }

    /// <summary>Probability that a sample skips the branches of the last block during training (stochastic depth); grows linearly from 0 at the first block.</summary>
    [Range(0, 0.95)]
    public double DropPath { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them. Results are the same; it takes much less memory and the time of another forward pass.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    /// <inheritdoc/>
    public string? RefusalOf(Size3 crop, EncoderUse use) => CropRule.Multiple("swin", crop, Size3.Cube(Stride)) ?? CropRule.MoreThanOneVoxel("swin", crop, Size3.Cube(Stride));

    /// <summary>Reports configs that the constructor would reject.</summary>
    internal IEnumerable<(string Property, string Message)> Problems()
    {
        if (Depths.Count != NumStages) yield return (nameof(Depths), $"there are {NumStages} stages, and {Depths.Count} depths are given");
        if (NumHeads.Count != NumStages) yield return (nameof(NumHeads), $"there are {NumStages} stages, and {NumHeads.Count} numbers of heads are given");
        for (int i = 0; i < Math.Min(NumStages, NumHeads.Count); i++)
        {
            int width = FeatureSize << i;
            if (width % NumHeads[i] != 0) yield return (nameof(NumHeads), $"stage {i + 1} is {width} wide, which {NumHeads[i]} heads do not divide; feature_size {FeatureSize} wants numbers that divide {FeatureSize}, {2 * FeatureSize}, {4 * FeatureSize} and {8 * FeatureSize}");
        }
    }

    partial void Check(KeyReport report)
    {
        foreach ((string property, string message) in Problems()) report.Error(property, message);
    }
}
