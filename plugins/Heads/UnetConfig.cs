using HiEndMae.Configuration;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>Output layer of a U-Net, and its way up if the encoder (any pyramid whose sizes halve) has none.</summary>
[Component(Slot.Head, "unet"), Reads(Features.Pyramid)]
public sealed partial record UnetConfig
{
    /// <summary>Edge of the output convolution's kernel: 1, or 3 for GVSL.</summary>
    [Range(1, 7)]
    public int KernelSize { get; init; } = 1;

    /// <summary>Activation of the output: none, or sigmoid as in Models Genesis and PRLv2.</summary>
    public OutputActivation Activation { get; init; } = OutputActivation.None;

    /// <summary>Whether to include PRLv2's heads of each level, as in its fine-tuning code. They do not affect the output and get no gradient, but their running statistics change. They need batches of at least two crops.</summary>
    public bool LevelHeads { get; init; }

    /// <summary>Channels on the way up, coarsest first; default: those of the encoder's levels. Not used if the encoder has a way up.</summary>
    [Range(1, 4096)]
    public IReadOnlyList<int> UpWidths { get; init; } = [];

    /// <summary>Norm after each convolution of the way up: batch, batch-always, group or instance.</summary>
    public UnetNorm Norm { get; init; } = UnetNorm.Batch;

    /// <summary>Channels of a group, for group norms.</summary>
    [Range(1, 4096)]
    public int GroupSize { get; init; } = 8;

    /// <summary>Slope of negative values after each norm of the way up; 0 for a ReLU.</summary>
    [Range(0, 0.99)]
    public double NegativeSlope { get; init; }

    /// <summary>How the size is doubled on the way up: transposed (convolutions) or trilinear.</summary>
    public UnetUpsampling Upsampling { get; init; } = UnetUpsampling.Transposed;

    /// <summary>Whether there are skips from levels of the encoder to the way up.</summary>
    public bool Skips { get; init; } = true;

    /// <summary>Whether the channels of a skip come before the others.</summary>
    public bool SkipFirst { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them: it takes less memory and more time.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    partial void Check(KeyReport report)
    {
        if (KernelSize % 2 == 0) report.Error(nameof(KernelSize), $"must be odd, so that the convolution keeps the size; nearest to {KernelSize}: {KernelSize - 1} or {KernelSize + 1}");
    }
}
