using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>UniMiSS: a student predicts a moving-average teacher's output for another view, for volumes and for their slices (Xie et al., arXiv:2112.09356). The defaults are those of the official run, without its X-ray images.</summary>
/// <remarks>A crop of <c>[pretrain.data]</c> is the region from which both views are cut, officially 24 slices along z. Views are given to the encoder as z, y, x.</remarks>
[Component(Slot.Decoder, "unimiss"), Reads(Features.Pyramid), WithoutMask]
public sealed partial record UnimissConfig : IViewSizes
{
    /// <summary>Size of a view as the encoder sees it: voxels along z, y and x of the scan.</summary>
    [Range(8, 1024)]
    public Size3 ViewSize { get; init; } = new(16, 96, 96);

    /// <summary>Smallest edge in x and y of the box that holds both views, divided by the view's. A box that does not fit into the region gets the edge of the view.</summary>
    [Range(1, 10)]
    public double MinOuterScale { get; init; } = 1.4;

    /// <summary>Largest edge in x and y of the box that holds both views, divided by the view's.</summary>
    [Range(1, 10)]
    public double MaxOuterScale { get; init; } = 1.8;

    /// <summary>The edges in x and y of a view's box are the view's times a factor between 1 minus and 1 plus this. The box is then resized to the view.</summary>
    [Range(0, 0.9)]
    public double MaxScaling { get; init; } = 0.2;

    /// <summary>Probability of a flip along each axis.</summary>
    [Range(0, 1)]
    public double FlipProbability { get; init; } = 0.8;

    /// <summary>Whether the intensities of views are changed: noise, smoothing of slices, brightness, contrast and gamma.</summary>
    public bool ChangeIntensities { get; init; } = true;

    /// <summary>Number of outputs, over which student and teacher have distributions.</summary>
    [Range(2, 1_000_000)]
    public int Outputs { get; init; } = 65536;

    /// <summary>Width of the two hidden layers of the head.</summary>
    [Range(1, 65536)]
    public int HiddenSize { get; init; } = 2048;

    /// <summary>Width of the head before its last layer.</summary>
    [Range(1, 65536)]
    public int BottleneckSize { get; init; } = 256;

    /// <summary>Temperature of the student's distribution.</summary>
    [Range(0.001, 100)]
    public double StudentTemperature { get; init; } = 0.1;

    /// <summary>Temperature of the teacher's distribution.</summary>
    [Range(0.001, 100)]
    public double TeacherTemperature { get; init; } = 0.04;

    /// <summary>Temperature of the teacher's distribution in the first step, for a warm-up. Left out, it is teacher_temperature from the start.</summary>
    [Range(0.001, 100)]
    public double? FirstTeacherTemperature { get; init; }

    /// <summary>Fraction of the training in which the teacher's temperature goes evenly from first_teacher_temperature to teacher_temperature.</summary>
    [Range(0, 1)]
    public double TemperatureWarmup { get; init; }

    /// <summary>Momentum of the centre, which is subtracted from the teacher's outputs. The centre moves four times in a step, once for each part of the loss.</summary>
    [Range(0, 1)]
    public double CentreMomentum { get; init; } = 0.9;

    /// <summary>Momentum of the teacher's moving average in the first step. Half a cosine leads from it to 1.</summary>
    [Range(0, 1)]
    public double TeacherMomentum { get; init; } = 0.996;

    /// <summary>Largest norm of the gradient of each parameter by itself; 0 for no clipping.</summary>
    [Range(0, 1e9)]
    public double ParameterClip { get; init; } = 0.3;

    /// <summary>Fraction of the training in which the last layer of the head is not trained, at its start. Officially it is one of 200 epochs.</summary>
    [Range(0, 1)]
    public double FrozenFraction { get; init; } = 0.005;

    /// <inheritdoc/>
    public Size3 EncoderCrop(Size3 crop) => ViewSize;

    partial void Check(KeyReport report)
    {
        if (FirstTeacherTemperature is null != (TemperatureWarmup == 0)) report.Warning(nameof(TemperatureWarmup), "has an effect only together with first_teacher_temperature");
        if (MinOuterScale > MaxOuterScale) report.Error(nameof(MinOuterScale), $"must not be larger than max_outer_scale, {MaxOuterScale}");
    }
}
