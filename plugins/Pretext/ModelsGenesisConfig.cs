using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Models Genesis: a U-Net restores crops with locally shuffled voxels, changed intensities and painted boxes (Zhou et al., arXiv:2004.07882). The defaults are those of the official run.</summary>
[Component(Slot.Decoder, "models-genesis"), Reads(Features.Pyramid), WithoutMask]
public sealed partial record ModelsGenesisConfig
{
    /// <summary>Probability of a flip. It is tried up to three times with a random axis, and stops at the first failure. Axis 0 is the channel axis, so a third of the flips have no effect.</summary>
    [Range(0, 1)]
    public double FlipProbability { get; init; } = 0.4;

    /// <summary>Probability of shuffling voxels within small windows.</summary>
    [Range(0, 1)]
    public double ShuffleProbability { get; init; } = 0.5;

    /// <summary>Number of windows to shuffle.</summary>
    [Range(1, 1_000_000)]
    public int ShuffleWindows { get; init; } = 10_000;

    /// <summary>Probability of changing intensities by a random Bezier curve. Half of the curves decrease.</summary>
    [Range(0, 1)]
    public double BendProbability { get; init; } = 0.9;

    /// <summary>Probability of replacing boxes, or everything outside boxes, with noise.</summary>
    [Range(0, 1)]
    public double PaintProbability { get; init; } = 0.9;

    /// <summary>Probability that noise replaces the inside of boxes instead of the outside.</summary>
    [Range(0, 1)]
    public double InpaintProbability { get; init; } = 0.2;
}
