using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>vox2vec: the same voxel in two overlapping views gets the same embedding, and all other voxels get different ones (Goncharov et al., MICCAI 2023, arXiv:2307.14725). The defaults are those of the official run.</summary>
/// <remarks>A crop of <c>[pretrain.data]</c> is a region from which all views are cut, officially a whole scan. Where crops are not scaled by a window, intensities of this config are scaled ones instead of HU.</remarks>
[Component(Slot.Decoder, "vox2vec"), Reads(Features.Pyramid), WithoutMask]
public sealed partial record Vox2VecConfig : IViewSizes
{
    /// <summary>Size of a view in voxels. The encoder sees volumes of this size.</summary>
    [Range(8, 1024)]
    public Size3 ViewSize { get; init; } = new(128, 128, 32);

    /// <summary>Number of pairs of views per region.</summary>
    [Range(1, 1024)]
    public int Pairs { get; init; } = 10;

    /// <summary>Largest number of voxels that are compared per pair. They are drawn from the voxels of the body that both views show.</summary>
    [Range(2, 65536)]
    public int Voxels { get; init; } = 1024;

    /// <summary>Width of the embeddings.</summary>
    [Range(1, 65536)]
    public int EmbeddingSize { get; init; } = 128;

    /// <summary>Temperature of the contrastive loss, which divides cosine similarities.</summary>
    [Range(0.001, 100)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Intensity in HU below which a voxel is air. Air that is connected to the sides of the region is outside the body.</summary>
    [Range(-100_000, 100_000)]
    public double AirBelow { get; init; } = -500;

    /// <summary>Probability that a view is blurred or sharpened, drawn for each view.</summary>
    [Range(0, 1)]
    public double FilterProbability { get; init; } = 0.5;

    /// <summary>Probability that a filtered view is sharpened instead of blurred.</summary>
    [Range(0, 1)]
    public double SharpenProbability { get; init; } = 0.5;

    /// <summary>Probability of adding normal noise to a view.</summary>
    [Range(0, 1)]
    public double NoiseProbability { get; init; } = 0.5;

    /// <summary>Largest standard deviation of the noise in HU. The deviation of a view is uniform between 0 and this value.</summary>
    [Range(0, 100_000)]
    public double NoiseDeviation { get; init; } = 30;

    /// <summary>Probability of a random intensity window. Its lower end is uniform between the first two values of <see cref="RandomWindow"/>, its upper end between the last two. Otherwise the first and the last value are the window.</summary>
    [Range(0, 1)]
    public double WindowProbability { get; init; } = 0.8;

    /// <summary>Four intensities in HU, in increasing order, that windows are drawn from.</summary>
    [NotEmpty]
    public IReadOnlyList<double> RandomWindow { get; init; } = [-1350, -1000, 300, 1000];

    /// <inheritdoc/>
    public Size3 EncoderCrop(Size3 crop) => ViewSize;

    partial void Check(KeyReport report)
    {
        if (RandomWindow.Count != 4) report.Error(nameof(RandomWindow), "must be four values: the bounds of the lower end and the bounds of the upper end");
        else if (RandomWindow[0] > RandomWindow[1] || RandomWindow[1] >= RandomWindow[2] || RandomWindow[2] > RandomWindow[3]) report.Error(nameof(RandomWindow), "must be in increasing order");
    }
}
