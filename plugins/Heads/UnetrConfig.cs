using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>UNETR: a convolutional decoder with skips from encoder blocks (Hatamizadeh et al., arXiv:2103.10504; blocks of MONAI 1.2).</summary>
[Component(Slot.Head, "unetr"), Reads(Features.Tokens)]
public sealed partial record UnetrConfig
{
    /// <summary>Channels of the finest level; every coarser one has twice as many.</summary>
    [Range(1, 512)]
    public int FeatureSize { get; init; } = 32;

    /// <summary>Encoder blocks whose raw outputs are the skips, counted from zero, shallow first.</summary>
    [NotEmpty, Range(0, 127), Block]
    public IReadOnlyList<int> SkipBlocks { get; init; } = [3, 6, 9];

    /// <summary>Norm after each convolution of a block. The paper uses instance norm.</summary>
    public UnetrNorm Norm { get; init; } = UnetrNorm.Instance;

    /// <summary>Whether blocks are residual; MONAI's <c>res_block</c>.</summary>
    public bool ResidualBlocks { get; init; } = true;
}
