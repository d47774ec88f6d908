using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>TransVW: a U-Net classifies crops by the anatomical pattern that they show, and restores their damaged copies (Haghighi et al., IEEE TMI 2021, arXiv:2102.10680). The defaults are those of the official run.</summary>
/// <remarks>The patterns are called words. <c>hiendmae data places</c> finds them before the training.</remarks>
[Component(Slot.Decoder, "transvw"), Reads(Features.Pyramid), WithoutMask]
public sealed partial record TransVwConfig : ICropPlaces
{
    /// <summary>A JSON file with the words: <c>{"places": [{"case": "p1", "class": 0, "start": [x, y, z], "size": [x, y, z]}]}</c>, in voxels of prepared cases. Without it, crops are random and only the restoration is trained.</summary>
    [Path, Exists]
    public string? Words { get; init; }

    /// <summary>Number of classes that the words of the file have.</summary>
    [Range(2, 65536)]
    public int NumWords { get; init; } = 44;

    /// <summary>Number of cases that show a word when words are searched: the reference and those that are nearest to it.</summary>
    [Range(1, 1_000_000)]
    public int WordCases { get; init; } = 200;

    /// <summary>Smallest distance in voxels of a word from the borders of a case when words are searched. The default is that of the official run, whose scans have 512 x 512 voxels.</summary>
    [Range(0, 4096)]
    public Size3 WordBorder { get; init; } = new(100, 100, 30);

    /// <summary>Channels of the convolution before the classification.</summary>
    [Range(1, 65536)]
    public int ClassChannels { get; init; } = 1024;

    /// <summary>Weight of the cross-entropy of the words.</summary>
    [Range(0, 1000)]
    public double ClassificationWeight { get; init; } = 0.01;

    /// <summary>Weight of the mean squared error of the restoration.</summary>
    [Range(0, 1000)]
    public double RestorationWeight { get; init; } = 1;

    /// <summary>Factor of the displacements of the elastic deformation. With 0 there is no deformation.</summary>
    [Range(0, 1_000_000)]
    public double ElasticStrength { get; init; } = 991;

    /// <summary>Standard deviation in voxels of the filter that smooths displacements.</summary>
    [Range(0.5, 100)]
    public double ElasticSigma { get; init; } = 8;

    /// <summary>Number of windows to shuffle.</summary>
    [Range(1, 1_000_000)]
    public int ShuffleWindows { get; init; } = 5;

    /// <inheritdoc/>
    public IReadOnlyList<CropPlace> Places() => Words is null ? [] : TransVwWords.Read(Words, NumWords);
}
