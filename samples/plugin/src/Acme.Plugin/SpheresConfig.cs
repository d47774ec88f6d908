namespace Acme.Plugin;

/// <summary>Cubes of noise with a bright sphere, which is the organ.</summary>
[Component(Slot.Dataset, "acme-spheres")]
public sealed partial record SpheresConfig
{
    /// <summary>Seed of every case.</summary>
    public int Seed { get; init; }

    /// <summary>Cases of each split.</summary>
    [Range(1, 1000)]
    public int NumCases { get; init; } = 4;

    /// <summary>Edge of a cube in voxels of 1.5 mm.</summary>
    [Range(16, 256)]
    public int Edge { get; init; } = 40;
}
