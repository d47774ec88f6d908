namespace HiEndMae;

/// <summary>The four kinds of plugin components.</summary>
public enum Slot
{
    /// <summary>An encoder: extracts features from volumes.</summary>
    Encoder,

    /// <summary>A pretext task: a pre-training task with its loss. The slot is named after the decoders of masked autoencoders.</summary>
    Decoder,

    /// <summary>A segmentation head: turns features into class logits.</summary>
    Head,

    /// <summary>A dataset: finds and reads cases.</summary>
    Dataset,
}
