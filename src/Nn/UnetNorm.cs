namespace HiEndMae.Nn;

/// <summary>Norm after each convolution of a U-Net.</summary>
public enum UnetNorm
{
    /// <summary>Over the batch while training, by running statistics in evaluation.</summary>
    Batch,

    /// <summary>Over the batch in evaluation too, as Models Genesis and TransVW do it: what comes out depends on the other crops of the batch.</summary>
    BatchAlways,

    /// <summary>Over groups of channels of each sample.</summary>
    Group,

    /// <summary>Over each channel of each sample.</summary>
    Instance,
}
