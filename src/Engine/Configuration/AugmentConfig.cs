using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Augmentations in addition to those of the paper. Each is off until it has a probability. Default ranges are those of nnU-Net.</summary>
[ConfigSection]
public sealed partial record AugmentConfig
{
    private static readonly double[] DefaultScale = [0.7, 1.4], DefaultBlur = [0.5, 1.0], DefaultGamma = [0.7, 1.5], DefaultResolution = [0.5, 1.0];
    private static readonly FlipAxis[] DefaultTurns = [FlipAxis.X, FlipAxis.Y, FlipAxis.Z];

    /// <summary>Probability of one, two or three quarter turns about an axis, for each of <see cref="QuarterTurnAxes"/>. Where the other two edges of the crop differ, only half turns are made.</summary>
    [Range(0, 1)]
    public double QuarterTurnProbability { get; init; }

    /// <summary>Axes of quarter turns: any of x, y, z.</summary>
    public IReadOnlyList<FlipAxis> QuarterTurnAxes { get; init; } = DefaultTurns;

    /// <summary>Probability of a rotation by a random angle about each axis. nnU-Net: 0.2.</summary>
    [Range(0, 1)]
    public double RotationProbability { get; init; }

    /// <summary>Largest angle of a rotation, degrees.</summary>
    [Range(0, 180)]
    public double RotationDegrees { get; init; } = 30;

    /// <summary>Probability of a zoom. nnU-Net: 0.2.</summary>
    [Range(0, 1)]
    public double ScaleProbability { get; init; }

    /// <summary>Smallest and largest zoom factor. Factors above 1 enlarge organs.</summary>
    public IReadOnlyList<double> ScaleRange { get; init; } = DefaultScale;

    /// <summary>Probability of an elastic deformation. nnU-Net: 0.</summary>
    [Range(0, 1)]
    public double ElasticProbability { get; init; }

    /// <summary>Standard deviation of an elastic deformation at its control points, mm.</summary>
    [Range(0, 100)]
    public double ElasticMm { get; init; } = 4;

    /// <summary>Control points of an elastic deformation along each axis.</summary>
    [Range(2, 32)]
    public int ElasticPoints { get; init; } = 5;

    /// <summary>Probability of Gaussian noise. nnU-Net: 0.1.</summary>
    [Range(0, 1)]
    public double NoiseProbability { get; init; }

    /// <summary>Largest standard deviation of noise, in normalised intensities.</summary>
    [Range(0, 10)]
    public double NoiseDeviation { get; init; } = 0.1;

    /// <summary>Probability of a Gaussian blur. nnU-Net: 0.2.</summary>
    [Range(0, 1)]
    public double BlurProbability { get; init; }

    /// <summary>Smallest and largest standard deviation of a blur, voxels.</summary>
    public IReadOnlyList<double> BlurRange { get; init; } = DefaultBlur;

    /// <summary>Probability of a gamma curve between the lowest and the highest intensity of each channel; mean and deviation are kept. nnU-Net: 0.3.</summary>
    [Range(0, 1)]
    public double GammaProbability { get; init; }

    /// <summary>Smallest and largest exponent of a gamma curve.</summary>
    public IReadOnlyList<double> GammaRange { get; init; } = DefaultGamma;

    /// <summary>Probability that a crop is downsampled and upsampled again. nnU-Net: 0.25.</summary>
    [Range(0, 1)]
    public double LowResolutionProbability { get; init; }

    /// <summary>Smallest and largest factor of the lower resolution.</summary>
    public IReadOnlyList<double> LowResolutionRange { get; init; } = DefaultResolution;

    /// <summary>Whether anything is done at all.</summary>
    public bool IsOn => IsSpatial || QuarterTurnProbability > 0 || NoiseProbability > 0 || BlurProbability > 0 || GammaProbability > 0 || LowResolutionProbability > 0;

    /// <summary>Whether any augmentation moves voxels.</summary>
    public bool IsSpatial => RotationProbability > 0 || ScaleProbability > 0 || ElasticProbability > 0;

    partial void Check(KeyReport report)
    {
        if (QuarterTurnAxes.Distinct().Count() != QuarterTurnAxes.Count) report.Error(nameof(QuarterTurnAxes), "names an axis twice");
        CheckRange(report, nameof(ScaleRange), ScaleRange);
        CheckRange(report, nameof(BlurRange), BlurRange);
        CheckRange(report, nameof(GammaRange), GammaRange);
        CheckRange(report, nameof(LowResolutionRange), LowResolutionRange);
        if (LowResolutionRange.Count == 2 && LowResolutionRange[1] > 1) report.Error(nameof(LowResolutionRange), "must not be above 1");
    }

    private static void CheckRange(KeyReport report, string name, IReadOnlyList<double> range)
    {
        if (range.Count != 2 || !(range[0] > 0 && range[0] <= range[1])) report.Error(name, "must be two values above 0, the smaller first");
    }
}
