using HiEndMae.Configuration;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>The way up of MedNeXt (Roy et al., arXiv:2303.09975), on levels whose sizes halve from 1 to 16. Defaults are SparK's.</summary>
[Component(Slot.Head, "mednext"), Reads(Features.Pyramid)]
public sealed partial record MedNextConfig
{
    internal const int NumSteps = 4;

    /// <summary>Expansion ratio of the blocks of each level, coarsest first; a step up has that of the level above it.</summary>
    [NotEmpty, Range(1, 16)]
    public IReadOnlyList<int> ExpRatios { get; init; } = [4, 4, 3, 2];

    /// <summary>Blocks of each level, coarsest first.</summary>
    [NotEmpty, Range(1, 64)]
    public IReadOnlyList<int> BlockCounts { get; init; } = [2, 2, 2, 2];

    /// <summary>Edge of the depthwise kernels: 3 or 5 in the official sizes.</summary>
    [Range(1, 11)]
    public int KernelSize { get; init; } = 3;

    /// <summary>Norm of the blocks: layer (SparK) or group (official).</summary>
    public MedNextNorm Norm { get; init; } = MedNextNorm.Layer;

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them: it takes less memory and more time.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    /// <summary>Reports configs that the constructor would reject.</summary>
    internal IEnumerable<(string Property, string Message)> Problems()
    {
        if (ExpRatios.Count != NumSteps) yield return (nameof(ExpRatios), $"there are {NumSteps} levels on the way up, and {ExpRatios.Count} ratios are given");
        if (BlockCounts.Count != NumSteps) yield return (nameof(BlockCounts), $"there are {NumSteps} levels on the way up, and {BlockCounts.Count} numbers of blocks are given");
        if (KernelSize % 2 == 0) yield return (nameof(KernelSize), $"a depthwise kernel has an odd edge, which {KernelSize} is not; nearest: {KernelSize - 1} or {KernelSize + 1}");
    }

    partial void Check(KeyReport report)
    {
        foreach ((string property, string message) in Problems()) report.Error(property, message);
    }
}
