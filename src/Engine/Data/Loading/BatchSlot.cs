namespace HiEndMae.Engine.Data.Loading;

/// <summary>A buffer of the loader and its state. The loader's lock guards it.</summary>
internal sealed class BatchSlot(CropBatch batch, int volumes)
{
    /// <summary>Memory of the batch.</summary>
    public CropBatch Batch { get; } = batch;

    /// <summary>Cases of the batch.</summary>
    public DrawnVolume[] Volumes { get; } = new DrawnVolume[volumes];

    /// <summary>Step that the batch is for; -1 for none.</summary>
    public int Step { get; set; } = -1;

    /// <summary>Number of crops that a thread has started to cut.</summary>
    public int Taken { get; set; }

    /// <summary>Number of crops that are complete.</summary>
    public int Done { get; set; }
}
