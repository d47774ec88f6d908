using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>GVSL: the features of two scans are used to register one with the other, and a damaged scan is restored (He et al., arXiv:2303.00365). The defaults are those of the official run.</summary>
/// <remarks>The first half of a batch's crops is paired with the second half, so with two volumes a pair comes from two patients. The official code takes whole scans of hearts.</remarks>
[Component(Slot.Decoder, "gvsl"), Reads(Features.Pyramid), WithoutMask]
public sealed partial record GvslConfig
{
    internal const int GroupSize = 8, RestoreGroupSize = 4;

    /// <summary>Width of the convolutions that predict the affine map, a multiple of 8.</summary>
    [Range(8, 8192)]
    public int AffineWidth { get; init; } = 256;

    /// <summary>Width of the convolutions that predict the flow, a multiple of 8.</summary>
    [Range(8, 8192)]
    public int FlowWidth { get; init; } = 16;

    /// <summary>Width of the convolution that restores the damaged crop, a multiple of 4.</summary>
    [Range(4, 8192)]
    public int RestoreWidth { get; init; } = 16;

    /// <summary>Whether the layers that predict the affine map are trained. The official code builds the map from numbers, so no gradient reaches these layers and they keep their initial weights; the published weights were trained in this way.</summary>
    public bool TrainAffine { get; init; }

    /// <summary>Weight of the squared difference between the restored and the undamaged crop.</summary>
    [Range(0, 1000)]
    public double RestorationWeight { get; init; } = 1;

    /// <summary>Weight of the squared differences between neighbours of the flow.</summary>
    [Range(0, 1000)]
    public double SmoothnessWeight { get; init; } = 1;

    /// <summary>Probability of shuffling voxels within small windows.</summary>
    [Range(0, 1)]
    public double ShuffleProbability { get; init; } = 0.8;

    /// <summary>Number of windows to shuffle. Their edges are a twentieth of the crop's; with edges below 40 voxels nothing is shuffled.</summary>
    [Range(1, 1_000_000)]
    public int ShuffleWindows { get; init; } = 5000;

    /// <summary>Probability of changing intensities by a random Bezier curve.</summary>
    [Range(0, 1)]
    public double BendProbability { get; init; } = 0.9;

    /// <summary>Largest number of boxes that are replaced with noise.</summary>
    [Range(0, 10_000)]
    public int PaintedBoxes { get; init; } = 30;

    /// <summary>Largest rotation about each axis in degrees, of the deformation that both crops of a pair get.</summary>
    [Range(0, 180)]
    public double MaxDegrees { get; init; } = 20;

    /// <summary>Both crops of a pair are scaled along each axis by a factor between 1 minus and 1 plus this.</summary>
    [Range(0, 0.9)]
    public double MaxScaling { get; init; } = 0.25;

    /// <summary>Largest shear in degrees.</summary>
    [Range(0, 80)]
    public double MaxShearDegrees { get; init; } = 10;

    /// <summary>Largest shift along an axis, as a fraction of the crop's edge. A shift is halved when it is applied, as in the official code.</summary>
    [Range(0, 1)]
    public double MaxShift { get; init; } = 0.1;

    /// <summary>Largest factor of the random flow. A flow is uniform noise that is smoothed and multiplied by a factor between 0 and this value, in voxels.</summary>
    [Range(0, 100_000)]
    public double MaxElastic { get; init; } = 512;

    /// <summary>Smallest standard deviation of the smoothing of the random flow, in voxels.</summary>
    [Range(0.1, 1000)]
    public double MinElasticDeviation { get; init; } = 10;

    /// <summary>Largest standard deviation of the smoothing of the random flow, in voxels.</summary>
    [Range(0.1, 1000)]
    public double MaxElasticDeviation { get; init; } = 13;

    partial void Check(KeyReport report)
    {
        if (AffineWidth % GroupSize != 0) report.Error(nameof(AffineWidth), $"must be a multiple of {GroupSize}");
        if (FlowWidth % GroupSize != 0) report.Error(nameof(FlowWidth), $"must be a multiple of {GroupSize}");
        if (RestoreWidth % RestoreGroupSize != 0) report.Error(nameof(RestoreWidth), $"must be a multiple of {RestoreGroupSize}");
        if (MinElasticDeviation > MaxElasticDeviation) report.Error(nameof(MinElasticDeviation), $"must not be larger than max_elastic_deviation, {MaxElasticDeviation}");
    }
}
