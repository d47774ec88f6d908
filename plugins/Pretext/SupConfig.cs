using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>SUP, the self-supervised pre-training of SwinUNETR. Two rotated and damaged views of a crop are used for three tasks: predict the rotation, match the views of one crop, and restore the voxels (Tang et al., arXiv:2111.14791). The defaults are those of the official run.</summary>
[Component(Slot.Decoder, "sup"), Reads(Features.Pyramid), WithoutMask]
public sealed partial record SupConfig
{
    /// <summary>Weight of the cross-entropy of the rotations by multiples of 90 degrees.</summary>
    [Range(0, 1000)]
    public double RotationWeight { get; init; } = 1;

    /// <summary>Weight of the contrastive loss. It needs at least two crops per batch.</summary>
    [Range(0, 1000)]
    public double ContrastiveWeight { get; init; } = 1;

    /// <summary>Weight of the mean absolute difference between restored and undamaged views, over all voxels.</summary>
    [Range(0, 1000)]
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>Temperature of the contrastive loss, which divides cosine similarities.</summary>
    [Range(0.001, 100)]
    public double Temperature { get; init; } = 0.5;

    /// <summary>Width of the embeddings that the contrastive loss compares.</summary>
    [Range(1, 65536)]
    public int EmbeddingSize { get; init; } = 512;

    /// <summary>Largest fraction of a view's voxels that noise replaces, and also the largest fraction that voxels of another view replace. The fraction of a view is uniform between 0 and this value.</summary>
    [Range(0, 1)]
    public double CutOutFraction { get; init; } = 0.3;

    /// <summary>Longest edge of a replaced box, as a fraction of the crop's edge.</summary>
    [Range(0.01, 1)]
    public double LongestCut { get; init; } = 0.25;

    /// <summary>Shortest edge of a replaced box, as a fraction of the crop's edge.</summary>
    [Range(0, 1)]
    public double ShortestCut { get; init; } = 0.05;

    partial void Check(KeyReport report)
    {
        if (ShortestCut >= LongestCut) report.Error(nameof(ShortestCut), $"the shortest edge {ShortestCut} must be less than longest_cut, {LongestCut}");
    }
}
