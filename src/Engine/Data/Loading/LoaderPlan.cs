using HiEndMae.Engine.Data.Crops;

namespace HiEndMae.Engine.Data.Loading;

/// <summary>What a batch is, and who cuts it.</summary>
/// <param name="Recipe">Size and augmentations of crops.</param>
/// <param name="Volumes">Volumes of a batch.</param>
/// <param name="CropsPerVolume">Crops of each.</param>
/// <param name="WithLabels">Whether labels are cut too.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Workers">Threads that cut ahead; with 0 the trainer's own thread cuts each batch when it is asked for.</param>
/// <param name="Prefetch">Batches kept ready, at least 1 where there are workers.</param>
public sealed record LoaderPlan(CropRecipe Recipe, int Volumes, int CropsPerVolume, bool WithLabels, long Seed, int Workers, int Prefetch);
