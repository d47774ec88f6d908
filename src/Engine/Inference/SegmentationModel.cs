namespace HiEndMae.Engine.Inference;

/// <summary>An encoder with its segmentation head, on one device.</summary>
/// <param name="Encoder">The feature extractor.</param>
/// <param name="Head">From features to class logits.</param>
public sealed record SegmentationModel(Encoder Encoder, SegmentationHead Head)
{
    /// <summary>The modules, by the prefix of their weights' names in checkpoints.</summary>
    public IReadOnlyDictionary<string, TorchSharp.torch.nn.Module> Modules { get; } = new Dictionary<string, TorchSharp.torch.nn.Module> { ["encoder"] = Encoder, ["head"] = Head };
}
