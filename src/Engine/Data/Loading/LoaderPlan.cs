using HiEndMae.Engine.Data.Crops;

namespace HiEndMae.Engine.Data.Loading;

/// <summary>Size of batches, and the threads that cut them.</summary>
/// <param name="Recipe">Size and augmentations of crops.</param>
/// <param name="Volumes">Cases of a batch.</param>
/// <param name="CropsPerVolume">Crops of each case.</param>
/// <param name="WithLabels">Whether labels are cut too.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Workers">Threads that cut ahead. With 0 the trainer's thread cuts each batch when it is needed.</param>
/// <param name="Prefetch">Number of batches that are kept ready; at least 1 if there are workers.</param>
public sealed record LoaderPlan(CropRecipe Recipe, int Volumes, int CropsPerVolume, bool WithLabels, long Seed, int Workers, int Prefetch)
{
    /// <summary>The batches that this process reads.</summary>
    public BatchShare Share { get; init; } = BatchShare.All;

    /// <summary>Places of crops by case. Null if crops are random.</summary>
    public CasePlaces? Places { get; init; }

    /// <summary>Whether the batches are for validation: cases come in their order, and crops depend only on (seed, case, draw, crop).</summary>
    public bool IsFixed { get; init; }
}
