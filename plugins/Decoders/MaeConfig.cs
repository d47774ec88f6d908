using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Decoders;

/// <summary>Masked autoencoder, whose decoder reads only the last layer of the encoder (He et al., arXiv:2111.06377).</summary>
[Component(Slot.Decoder, "mae"), Reads(Features.Tokens)]
public sealed partial record MaeConfig
{
    /// <summary>Decoder width D, a multiple of 6.</summary>
    [Range(6, 8192), MultipleOf(nameof(NumHeads))]
    public required int EmbedDim { get; init; }

    /// <summary>Self-attention blocks.</summary>
    [Range(1, 64)]
    public int Depth { get; init; } = 8;

    /// <summary>Attention heads.</summary>
    [Range(1, 256)]
    public required int NumHeads { get; init; }

    /// <summary>Hidden width of the MLP / D.</summary>
    [Range(0.25, 16)]
    public double MlpRatio { get; init; } = 4;

    /// <summary>Whether targets are normalised per patch, as in the paper. False predicts plain intensities, which suits small patches and small encoders better.</summary>
    public bool NormTargets { get; init; } = true;

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them. Results are the same; it takes much less memory and the time of another forward pass.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    partial void Check(KeyReport report)
    {
        if (EmbedDim % 6 != 0) report.Error(nameof(EmbedDim), $"must be a multiple of 6 for sine-cosine positions; nearest to {EmbedDim}: {EmbedDim / 6 * 6} or {(EmbedDim / 6 * 6) + 6}");
    }
}
