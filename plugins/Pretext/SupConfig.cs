using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>SUP, the self-supervised pre-training of SwinUNETR: two turned and damaged views of a crop; their turns are told, they are told from other crops' views, and restored (Tang et al., arXiv:2111.14791). Defaults are the official run's.</summary>
[Component(Slot.Decoder, "sup")]
public sealed partial record SupConfig
{
    /// <summary>Factor of the cross-entropy of the quarter turns.</summary>
    [Range(0, 1000)]
    public double RotationWeight { get; init; } = 1;

    /// <summary>Factor of the contrastive loss. With one crop a batch it is exactly 0.</summary>
    [Range(0, 1000)]
    public double ContrastiveWeight { get; init; } = 1;

    /// <summary>Factor of the mean absolute difference between restored and undamaged views, over all voxels.</summary>
    [Range(0, 1000)]
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>Cosine similarities are divided by it in the contrastive loss.</summary>
    [Range(0.001, 100)]
    public double Temperature { get; init; } = 0.5;

    /// <summary>Width of the embeddings that the contrastive loss compares.</summary>
    [Range(1, 65536)]
    public int EmbeddingSize { get; init; } = 512;

    /// <summary>Largest fraction of a view's voxels that noise replaces, and that another view's voxels replace; the fraction of a view is uniform from 0 to this.</summary>
    [Range(0, 1)]
    public double CutOutFraction { get; init; } = 0.3;

    /// <summary>Longest edge of a box that is cut out / edge of the crop.</summary>
    [Range(0.01, 1)]
    public double LongestCut { get; init; } = 0.25;

    /// <summary>Shortest edge of a box that is cut out / edge of the crop.</summary>
    [Range(0, 1)]
    public double ShortestCut { get; init; } = 0.05;

    partial void Check(KeyReport report)
    {
        if (ShortestCut >= LongestCut) report.Error(nameof(ShortestCut), $"the shortest edge {ShortestCut} must be less than longest_cut, {LongestCut}");
    }
}
