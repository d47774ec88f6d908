using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>SwinUNETR's decoder on five levels of strides 2 to 32; blocks of MONAI 1.2 (Hatamizadeh et al., arXiv:2201.01266).</summary>
[Component(Slot.Head, "swin-unetr"), Reads(Features.Pyramid)]
public sealed partial record SwinUnetrConfig
{
    /// <summary>Norm after each convolution of a block. The official code uses instance norm.</summary>
    public UnetrNorm Norm { get; init; } = UnetrNorm.Instance;

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them: it takes less memory and more time.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }
}
