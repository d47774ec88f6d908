namespace HiEndMae.Nn;

/// <summary>Normalisation between the convolutions of UNETR's blocks.</summary>
public enum UnetrNorm
{
    /// <summary>Per sample and channel, without weights (eps 1e-5): the paper's and MONAI's default.</summary>
    Instance,

    /// <summary>Over the batch, with weights and running statistics (eps 1e-5, momentum 0.1).</summary>
    Batch,
}
