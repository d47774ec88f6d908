namespace HiEndMae.Engine.Inference;

/// <summary>A fine-tuned encoder with its head, both in evaluation mode and on one device.</summary>
/// <param name="Encoder">The feature extractor.</param>
/// <param name="Head">From features to class logits.</param>
public sealed record SegmentationModel(Encoder Encoder, SegmentationHead Head);
