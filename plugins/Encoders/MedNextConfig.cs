using HiEndMae.Configuration;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

/// <summary>The way down of MedNeXt (Roy et al., arXiv:2303.09975), official or as SparK pre-trains it. Defaults are SparK's.</summary>
[Component(Slot.Encoder, "mednext"), Gives(Features.Pyramid)]
public sealed partial record MedNextConfig : ICropRule
{
    internal const int NumLevels = 5;
    private const int Stride = 1 << (NumLevels - 1);

    /// <summary>Channels of the finest level, n; each coarser one has twice as many.</summary>
    [Range(1, 1024)]
    public int NumChannels { get; init; } = 32;

    /// <summary>Expansion ratio of the blocks of each level, finest first; a step down has that of the level below it.</summary>
    [NotEmpty, Range(1, 16)]
    public IReadOnlyList<int> ExpRatios { get; init; } = [2, 3, 4, 4, 4];

    /// <summary>Blocks of each level, finest first.</summary>
    [NotEmpty, Range(1, 64)]
    public IReadOnlyList<int> BlockCounts { get; init; } = [2, 2, 2, 2, 2];

    /// <summary>Edge of the depthwise kernels: 3 or 5 in the official sizes.</summary>
    [Range(1, 11)]
    public int KernelSize { get; init; } = 3;

    /// <summary>Norm of the blocks: layer (SparK) or group (official).</summary>
    public MedNextNorm Norm { get; init; } = MedNextNorm.Layer;

    /// <summary>Whether to include a parameter that the official code has but does not use, so that checkpoints can be exchanged. It gets no gradient and does not change.</summary>
    public bool DummyTensor { get; init; }

    /// <summary>Probability that a sample skips the branch of the last block during training (stochastic depth); grows linearly from 0 at the first block.</summary>
    [Range(0, 0.95)]
    public double DropPath { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them. Results are the same; it takes much less memory and the time of another forward pass.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    /// <inheritdoc/>
    public string? RefusalOf(Size3 crop, EncoderUse use) =>
        CropRule.Multiple("mednext", crop, Size3.Cube(Stride)) ?? (Norm == MedNextNorm.Group ? CropRule.MoreThanOneVoxel("mednext with group norms", crop, Size3.Cube(Stride)) : null);

    /// <summary>Reports configs that the constructor would reject.</summary>
    internal IEnumerable<(string Property, string Message)> Problems()
    {
        if (ExpRatios.Count != NumLevels) yield return (nameof(ExpRatios), $"there are {NumLevels} levels, and {ExpRatios.Count} ratios are given");
        if (BlockCounts.Count != NumLevels) yield return (nameof(BlockCounts), $"there are {NumLevels} levels, and {BlockCounts.Count} numbers of blocks are given");
        if (KernelSize % 2 == 0) yield return (nameof(KernelSize), $"a depthwise kernel has an odd edge, which {KernelSize} is not; nearest: {KernelSize - 1} or {KernelSize + 1}");
    }

    partial void Check(KeyReport report)
    {
        foreach ((string property, string message) in Problems()) report.Error(property, message);
    }
}
