using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Configuration;

/// <summary>A dataset and how its volumes become batches.</summary>
[ConfigSection]
public sealed partial record DataConfig
{
    /// <summary>The dataset; its keys stand beside these.</summary>
    [Plugin(Slot.Dataset, Inline = true)]
    public required IComponentConfig Dataset { get; init; }

    /// <summary>Voxels of a crop along x, y, z.</summary>
    [Range(8, 1024)]
    public Size3 Crop { get; init; } = Size3.Cube(96);

    /// <summary>Spacing that volumes are resampled to, mm.</summary>
    [Range(0.05, 20)]
    public Spacing3 SpacingMm { get; init; } = Spacing3.Isotropic(1.5);

    /// <summary>Lower and upper end of the intensity window (HU for CT), mapped to 0 and 1.</summary>
    public IReadOnlyList<double> Window { get; init; } = [-175, 250];

    /// <summary>Volumes per batch.</summary>
    [Range(1, 4096)]
    public int Volumes { get; init; } = 1;

    /// <summary>Crops per volume and batch.</summary>
    [Range(1, 4096)]
    public int CropsPerVolume { get; init; } = 4;

    /// <summary>Part of the crops whose centre is foreground: a label, or without labels a voxel above the window's lower end.</summary>
    [Range(0, 1)]
    public double ForegroundFraction { get; init; } = 0.75;

    /// <summary>Probability of a flip, per axis.</summary>
    [Range(0, 1)]
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Probability of a rotation by a multiple of 90 degrees in the x-y plane.</summary>
    [Range(0, 1)]
    public double Rotate90Probability { get; init; } = 0.3;

    /// <summary>Probability of scaling intensities by up to 10 %.</summary>
    [Range(0, 1)]
    public double IntensityScaleProbability { get; init; } = 0.1;

    /// <summary>Probability of shifting intensities by up to 0.1.</summary>
    [Range(0, 1)]
    public double IntensityShiftProbability { get; init; } = 0.1;
}
