using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Models Genesis: a U-Net restores crops that were shuffled, bent in their intensities and painted over (Zhou et al., arXiv:2004.07882). Defaults are the official run's.</summary>
[Component(Slot.Decoder, "models-genesis")]
public sealed partial record ModelsGenesisConfig
{
    /// <summary>Probability of each flip; up to three axes are drawn, and a flip ends the drawing when it is not made. A drawn axis 0 is the channel, so a third of the flips do nothing.</summary>
    [Range(0, 1)]
    public double FlipProbability { get; init; } = 0.4;

    /// <summary>Probability that voxels are shuffled within small windows.</summary>
    [Range(0, 1)]
    public double ShuffleProbability { get; init; } = 0.5;

    /// <summary>Windows that are shuffled.</summary>
    [Range(1, 1_000_000)]
    public int ShuffleWindows { get; init; } = 10_000;

    /// <summary>Probability that intensities are bent by a random Bezier curve; every second curve falls.</summary>
    [Range(0, 1)]
    public double BendProbability { get; init; } = 0.9;

    /// <summary>Probability that boxes are painted with noise, or all but boxes.</summary>
    [Range(0, 1)]
    public double PaintProbability { get; init; } = 0.9;

    /// <summary>Probability that painting is in boxes; otherwise it is outside of them.</summary>
    [Range(0, 1)]
    public double InpaintProbability { get; init; } = 0.2;
}
