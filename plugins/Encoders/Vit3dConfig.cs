using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Encoders;

/// <summary>Plain 3D Vision Transformer on non-overlapping patches.</summary>
[Component(Slot.Encoder, "vit3d"), Gives(Features.Tokens)]
public sealed partial record Vit3dConfig
{
    /// <summary>Token width E; a multiple of 6 for sine-cosine positions.</summary>
    [Range(6, 8192), MultipleOf(nameof(NumHeads))]
    public required int EmbedDim { get; init; }

    /// <summary>Transformer blocks.</summary>
    [Range(1, 128), NumBlocks]
    public int Depth { get; init; } = 12;

    /// <summary>Attention heads.</summary>
    [Range(1, 256)]
    public required int NumHeads { get; init; }

    /// <summary>Edge of a patch in voxels, P.</summary>
    [Range(1, 64), Divides("pretrain.data.crop", "finetune.data.crop")]
    public int PatchSize { get; init; } = 16;

    /// <summary>Hidden width of the MLP / E.</summary>
    [Range(0.25, 16)]
    public double MlpRatio { get; init; } = 4;

    /// <summary>Position embedding.</summary>
    public PositionEmbedding PosEmbed { get; init; } = PositionEmbedding.Sincos;

    /// <summary>Epsilon of every LayerNorm: 1e-6 in the official pre-training code, 1e-5 in MONAI's ViT.</summary>
    [Range(1e-12, 1e-2)]
    public double NormEps { get; init; } = 1e-6;

    /// <summary>Dropout rate in every block during training.</summary>
    [Range(0, 0.95)]
    public double Dropout { get; init; }

    /// <summary>Probability that a sample skips the branches of the last block during training (stochastic depth); grows linearly from 0 at the first block.</summary>
    [Range(0, 0.95)]
    public double DropPath { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them. Results are the same; it takes much less memory and the time of another forward pass.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    partial void Check(KeyReport report)
    {
        if (PosEmbed == PositionEmbedding.Sincos && EmbedDim % 6 != 0)
            report.Error(nameof(EmbedDim), $"must be a multiple of 6 for sine-cosine positions; nearest to {EmbedDim}: {EmbedDim / 6 * 6} or {(EmbedDim / 6 * 6) + 6}, or pos_embed = \"perceptron\"");
    }
}
