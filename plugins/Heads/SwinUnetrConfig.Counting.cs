using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

public sealed partial record SwinUnetrConfig : IHeadCounter
{
    private const string Name = "swin-unetr";

    internal UnetrBlockOptions Options => new(Norm);

    /// <summary>Widths of the five levels of strides 2 to 32, and whether the encoder already computes the skips.</summary>
    internal static (IReadOnlyList<int> Widths, bool HasSkips) Read(EncoderInfo encoder)
    {
        PyramidEncoderInfo info = PyramidHead.Of(encoder, Name);
        bool hasSkips = info.Levels.Count == SwinSkips.NumLevels + 1;
        PyramidHead.Of(encoder, hasSkips ? $"{Name}, on levels that are skips already," : Name, [.. Enumerable.Range(hasSkips ? 0 : 1, hasSkips ? 6 : 5).Select(i => Size3.Cube(1 << i))]);
        return ([.. info.Levels.Skip(hasSkips ? 1 : 0).Select(level => level.Channels)], hasSkips);
    }

    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        (IReadOnlyList<int> widths, bool hasSkips) = Read(context.Encoder);
        long voxels = context.CropSize.Count;
        var parts = new List<OperationCount>();
        if (!hasSkips) parts.AddRange(SwinSkips.Count(context.Encoder.InChannels, widths, Options, voxels).Select(part => Counts.Of($"head.skips.{part.Name}", part.Counts)));
        OperationCount Up(string name, int halvings, int inputs, int outputs) => Counts.Of(
            $"head.{name}", LayerCounts.Doubling(voxels >> (3 * halvings), inputs, outputs) + LayerCounts.ResBlock(voxels >> (3 * halvings), 2 * outputs, outputs, Options));
        return
        [
            .. parts,
            Up("decoder5", 4, widths[4], widths[3]), Up("decoder4", 3, widths[3], widths[2]), Up("decoder3", 2, widths[2], widths[1]), Up("decoder2", 1, widths[1], widths[0]),
            Up("decoder1", 0, widths[0], widths[0]),
            Counts.Of("head.out", LayerCounts.Convolution(voxels, widths[0], context.NumClasses, 1, bias: true)),
        ];
    }
}
