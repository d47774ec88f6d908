using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Synthetic abdomens with ten labelled organs, HU-like intensities, noise and anatomical variation; the same on every machine.</summary>
[Component(Slot.Dataset, "phantom")]
public sealed partial record PhantomConfig
{
    /// <summary>Seed of the anatomies.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>Images to pre-train on.</summary>
    [Range(0, 100000)]
    public int NumPretraining { get; init; } = 24;

    /// <summary>Labelled cases to fine-tune on.</summary>
    [Range(0, 100000)]
    public int NumTraining { get; init; } = 1;

    /// <summary>Labelled cases to choose by.</summary>
    [Range(0, 100000)]
    public int NumValidation { get; init; }

    /// <summary>Labelled cases to report.</summary>
    [Range(0, 100000)]
    public int NumTest { get; init; } = 4;

    /// <summary>Voxels of an abdomen.</summary>
    [Range(16, 1024)]
    public Size3 Grid { get; init; } = new(80, 64, 72);

    /// <summary>Voxel size of an abdomen, mm.</summary>
    [Range(0.1, 20)]
    public Spacing3 VoxelMm { get; init; } = Spacing3.Isotropic(4.5);

    /// <summary>Standard deviation of the noise, HU.</summary>
    [Range(0, 1000)]
    public double Noise { get; init; } = 18;
}
