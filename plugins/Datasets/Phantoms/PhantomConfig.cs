using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Synthetic CT of abdomens with ten labelled organs. Anatomy, size, contrast phase and noise vary from scan to scan; a scan is the same on every machine.</summary>
[Component(Slot.Dataset, "phantom")]
public sealed partial record PhantomConfig
{
    /// <summary>Seed of the anatomies.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>Images for pre-training.</summary>
    [Range(0, 100000)]
    public int NumPretraining { get; init; } = 24;

    /// <summary>Labelled cases for fine-tuning.</summary>
    [Range(0, 100000)]
    public int NumTraining { get; init; } = 1;

    /// <summary>Labelled cases for validation.</summary>
    [Range(0, 100000)]
    public int NumValidation { get; init; }

    /// <summary>Labelled cases for testing.</summary>
    [Range(0, 100000)]
    public int NumTest { get; init; } = 4;

    /// <summary>Size of a scan in voxels. An abdomen is about 360 mm wide, 270 mm deep and, from the dome of the diaphragm to the pelvis, 280 mm long.</summary>
    [Range(16, 1024)]
    public Size3 Grid { get; init; } = new(128, 96, 96);

    /// <summary>Voxel size of a scan, mm.</summary>
    [Range(0.1, 20)]
    public Spacing3 VoxelMm { get; init; } = Spacing3.Isotropic(3);

    /// <summary>Standard deviation of the noise, HU, on average over scans; a scan has 0.6 to 1.5 times as much.</summary>
    [Range(0, 1000)]
    public double Noise { get; init; } = 12;

    /// <summary>Contrast phases; each scan has one of them, drawn at random.</summary>
    [NotEmpty]
    public IReadOnlyList<ContrastPhase> Phases { get; init; } = [ContrastPhase.Native, ContrastPhase.Arterial, ContrastPhase.Portal];
}
