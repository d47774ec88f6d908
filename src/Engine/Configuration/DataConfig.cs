using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Configuration;

/// <summary>A dataset, and how batches are made from it.</summary>
[ConfigSection]
public sealed partial record DataConfig
{
    private static readonly double[] DefaultWindow = [-175, 250];
    private static readonly FlipAxis[] DefaultFlips = [FlipAxis.X, FlipAxis.Y, FlipAxis.Z];

    /// <summary>The dataset. Its keys stand in the same table.</summary>
    [Plugin(Slot.Dataset, Inline = true)]
    public required IComponentConfig Dataset { get; init; }

    /// <summary>Voxels of a crop along x, y, z.</summary>
    [Range(8, 1024)]
    public Size3 Crop { get; init; } = Size3.Cube(96);

    /// <summary>Spacing that scans are resampled to, mm.</summary>
    [Range(0.05, 20)]
    public Spacing3 SpacingMm { get; init; } = Spacing3.Isotropic(1.5);

    /// <summary>Voxels that each scan is resized to after it was cut to its foreground, in place of a spacing. Only in pre-training. VoCo does so.</summary>
    [Range(8, 2048)]
    public Size3? Resize { get; init; }

    /// <summary>Lower and upper end of the intensity window (HU for CT). They become 0 and 1; intensities outside are clipped. It has no effect with another kind of intensity.</summary>
    public IReadOnlyList<double> Window { get; init; } = DefaultWindow;

    /// <summary>How intensities are scaled. Left out, by <see cref="Window"/>.</summary>
    public IntensityConfig Intensity { get; init; } = new();

    /// <summary>Scans per batch.</summary>
    [Range(1, 4096)]
    public int Volumes { get; init; } = 1;

    /// <summary>Crops per scan and batch.</summary>
    [Range(1, 4096)]
    public int CropsPerVolume { get; init; } = 4;

    /// <summary>Fraction of crops whose centre is foreground: a labelled voxel, or without labels a voxel above the window's lower end. Default: 0.75 in pre-training, 0.5 in fine-tuning.</summary>
    [Range(0, 1)]
    public double? ForegroundFraction { get; init; }

    /// <summary>Whether a foreground centre lies in a random class of the case, each class being equally likely, so that small organs are seen as often as large ones. Otherwise each labelled voxel is
    /// equally likely. It has no effect on cases without labels.</summary>
    public bool ForegroundByClass { get; init; }

    /// <summary>Probability of a flip, for each axis. Default: 0.5 in pre-training, 0.2 in fine-tuning.</summary>
    [Range(0, 1)]
    public double? FlipProbability { get; init; }

    /// <summary>Probability of a rotation by 90, 180 or 270 degrees in the x-y plane. Default: 0.3 in pre-training, 0.2 in fine-tuning.</summary>
    [Range(0, 1)]
    public double? Rotate90Probability { get; init; }

    /// <summary>Probability of scaling intensities by up to 10 %.</summary>
    [Range(0, 1)]
    public double IntensityScaleProbability { get; init; } = 0.1;

    /// <summary>Probability of shifting intensities by up to 0.1.</summary>
    [Range(0, 1)]
    public double IntensityShiftProbability { get; init; } = 0.1;

    /// <summary>Axes that are flipped: any of x, y, z.</summary>
    public IReadOnlyList<FlipAxis> FlipAxes { get; init; } = DefaultFlips;

    /// <summary>More augmentations.</summary>
    public AugmentConfig Augment { get; init; } = new();

    /// <summary>Whether training scans are cropped to the box of their voxels above the window's lower end before crops are drawn.</summary>
    public bool ForegroundCrop { get; init; } = true;

    /// <summary>The cases to train on. Left out, all cases of the split.</summary>
    public SubsetConfig Subset { get; init; } = new();

    /// <summary>This config, with the paper's values of pre-training for keys that were left out.</summary>
    public DataConfig ForPretraining() => Completed(0.75, 0.5, 0.3);

    /// <summary>This config, with the paper's values of fine-tuning for keys that were left out.</summary>
    public DataConfig ForFinetuning() => Completed(0.5, 0.2, 0.2);

    // Resolved files give every key, so a key at its default does not count as chosen.
    partial void Check(KeyReport report)
    {
        if (Resize is { } size)
        {
            if (SpacingMm != Spacing3.Isotropic(1.5)) report.Warning(nameof(SpacingMm), "has no effect beside 'resize'");
            if (Crop.X > size.X || Crop.Y > size.Y || Crop.Z > size.Z) report.Error(nameof(Crop), $"crops of {Crop} voxels are larger than the scans, which 'resize' brings to {size}");
        }
        if (FlipAxes.Distinct().Count() != FlipAxes.Count) report.Error(nameof(FlipAxes), "names an axis twice");
        if (Intensity.Kind != IntensityKind.Window && !Window.SequenceEqual(DefaultWindow))
            report.Warning(nameof(Window), $"has no effect beside intensity.kind = \"{Intensity.Kind.ToString().ToLowerInvariant()}\"");
    }

    private DataConfig Completed(double foreground, double flip, double rotate90) => this with
    {
        ForegroundFraction = ForegroundFraction ?? foreground,
        FlipProbability = FlipProbability ?? flip,
        Rotate90Probability = Rotate90Probability ?? rotate90,
    };
}
