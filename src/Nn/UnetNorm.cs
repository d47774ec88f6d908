namespace HiEndMae.Nn;

/// <summary>Norm after each convolution of a U-Net.</summary>
public enum UnetNorm
{
    /// <summary>Statistics of the batch in training, running statistics in evaluation.</summary>
    Batch,

    /// <summary>Statistics of the batch in evaluation too, as in Models Genesis and TransVW. The output of a crop then depends on the other crops of the batch.</summary>
    BatchAlways,

    /// <summary>Over groups of channels of each sample.</summary>
    Group,

    /// <summary>Over each channel of each sample.</summary>
    Instance,
}
