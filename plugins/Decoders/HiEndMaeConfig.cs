using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Decoders;

/// <summary>Hi-End-MAE: dense stages let mask tokens query visible tokens of several encoder layers (arXiv:2502.08347).</summary>
[Component(Slot.Decoder, "hi-end-mae"), Reads(Features.Tokens)]
public sealed partial record HiEndMaeConfig
{
    /// <summary>Decoder width D, a multiple of 6.</summary>
    [Range(6, 8192), MultipleOf(nameof(NumHeads))]
    public required int EmbedDim { get; init; }

    /// <summary>Attention heads.</summary>
    [Range(1, 256)]
    public required int NumHeads { get; init; }

    /// <summary>Self-attention blocks before the stages.</summary>
    [Range(0, 64)]
    public int SelfDepth { get; init; } = 2;

    /// <summary>Encoder blocks with a decoder stage, counted from zero, in the order of the stages.</summary>
    [Block]
    public IReadOnlyList<int> StageLayers { get; init; } = [9, 6, 3];

    /// <summary>Layers of <see cref="StageLayers"/> whose stage is dense. The other stages are plain self-attention blocks.</summary>
    public IReadOnlyList<int> DenseLayers { get; init; } = [9, 6, 3];

    /// <summary>Blocks of a stage that is not dense.</summary>
    [Range(0, 64)]
    public int StageDepth { get; init; } = 2;

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
        foreach (int layer in DenseLayers)
        {
            if (!StageLayers.Contains(layer)) report.Error(nameof(DenseLayers), $"layer {layer} is not in stage_layers: {string.Join(", ", StageLayers)}");
        }
    }
}
