namespace HiEndMae;

/// <summary>The four kinds of plugin components.</summary>
public enum Slot
{
    /// <summary>An encoder: extracts features from volumes.</summary>
    Encoder,

    /// <summary>A PretextTask; the slot is called after the decoders of masked autoencoders.</summary>
    Decoder,

    /// <summary>A segmentation head: turns features into class logits.</summary>
    Head,

    /// <summary>A dataset: finds and reads cases.</summary>
    Dataset,
}
