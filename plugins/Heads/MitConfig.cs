using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>The last convolutions of UniMiSS' MiT, for the levels of the mit encoder.</summary>
[Component(Slot.Head, "mit"), Reads(Features.Pyramid)]
public sealed partial record MitConfig : IHeadCounter
{
    private const string Name = "mit";

    /// <summary>The pyramid that the head reads.</summary>
    /// <exception cref="PluginException">The encoder has other levels.</exception>
    internal static PyramidEncoderInfo Read(EncoderInfo encoder) => PyramidHead.Of(encoder, Name, [.. Enumerable.Range(0, 5).Select(i => new Size3(1 << i, 2 << i, 2 << i))]);

    /// <summary>Widths of the levels that deep supervision would use, coarsest first.</summary>
    internal static IReadOnlyList<int> SupervisedWidths(PyramidEncoderInfo info) => [info.Levels[3].Channels, info.Levels[2].Channels, info.Levels[1].Channels, info.Levels[0].Channels];

    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        PyramidEncoderInfo info = Read(context.Encoder);
        (int fine, int coarse, long full, long level) = (info.Levels[0].Channels, info.Levels[1].Channels, context.CropSize.Count, PyramidHead.Voxels(context.CropSize, info.Levels[0].Stride));
        LayerCounts supervised = LayerCounts.Sum(SupervisedWidths(info).Select((width, i) =>
            LayerCounts.Convolution(PyramidHead.Voxels(context.CropSize, info.Levels[3 - i].Stride), width, context.NumClasses, 1, bias: true)));
        return
        [
            Counts.Of("head.up", LayerCounts.Doubling(level, coarse, fine, bias: true)),
            Counts.Of("head.mix", LayerCounts.Convolution(level, fine, fine, 3) + LayerCounts.ChannelNorm(fine)),
            Counts.Of("head.classify", LayerCounts.Convolution(full, fine, context.NumClasses, 1, bias: true)),
            // Counted because the official code computes them; they are not computed here.
            Counts.Of("head.supervised", supervised),
        ];
    }
}
