namespace HiEndMae.Engine.Data.Loading;

/// <summary>A buffer of the loader and how far it is filled. Guarded by the loader's lock.</summary>
internal sealed class BatchSlot(CropBatch batch, int volumes)
{
    /// <summary>The memory.</summary>
    public CropBatch Batch { get; } = batch;

    /// <summary>Its volumes.</summary>
    public DrawnVolume[] Volumes { get; } = new DrawnVolume[volumes];

    /// <summary>Which step's it is; -1 for none.</summary>
    public int Step { get; set; } = -1;

    /// <summary>Crops that somebody has begun to cut.</summary>
    public int Taken { get; set; }

    /// <summary>Crops that are cut.</summary>
    public int Done { get; set; }
}
