namespace HiEndMae;

/// <summary>The four places of an experiment that plugins fill.</summary>
public enum Slot
{
    /// <summary>An <see cref="HiEndMae.Encoder"/>.</summary>
    Encoder,

    /// <summary>A pretext task, <see cref="HiEndMae.Decoder"/>.</summary>
    Decoder,

    /// <summary>A <see cref="SegmentationHead"/>.</summary>
    Head,

    /// <summary>A <see cref="HiEndMae.Dataset"/>.</summary>
    Dataset,
}
