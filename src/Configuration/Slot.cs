namespace HiEndMae;

/// <summary>The four places of an experiment that plugins fill.</summary>
public enum Slot
{
    /// <summary>An Encoder.</summary>
    Encoder,

    /// <summary>A pretext task, Decoder.</summary>
    Decoder,

    /// <summary>A SegmentationHead.</summary>
    Head,

    /// <summary>A Dataset.</summary>
    Dataset,
}
