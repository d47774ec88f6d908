using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

public sealed partial record MedNextConfig : IHeadCounter
{
    private const string Name = "mednext";

    /// <summary>Widths of the five levels, finest first.</summary>
    /// <exception cref="PluginException">The encoder has other levels.</exception>
    internal static IReadOnlyList<int> Read(EncoderInfo encoder) =>
        [.. PyramidHead.Of(encoder, Name, [.. Enumerable.Range(0, NumSteps + 1).Select(i => Size3.Cube(1 << i))]).Levels.Select(level => level.Channels)];

    // Step i goes up to level NumSteps - 1 - i.
    internal MedNextShape Up(int step, IReadOnlyList<int> widths) => new(widths[NumSteps - step], widths[NumSteps - 1 - step], ExpRatios[step], KernelSize, Norm, MedNextStep.Up);

    internal MedNextShape Block(int step, IReadOnlyList<int> widths) => new(widths[NumSteps - 1 - step], widths[NumSteps - 1 - step], ExpRatios[step], KernelSize, Norm);

    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        IReadOnlyList<int> widths = Read(context.Encoder);
        Size3 crop = context.CropSize;
        (long X, long Y, long Z) Grid(int level) => (crop.X >> level, crop.Y >> level, crop.Z >> level);
        var parts = new List<OperationCount>();
        for (int step = 0; step < NumSteps; step++)
        {
            parts.Add(Counts.Of($"head.up.{step}", MedNextBlock.Count(Up(step, widths), Grid(NumSteps - step))));
            parts.Add(Counts.Of($"head.levels.{step}", MedNextBlock.Count(Block(step, widths), Grid(NumSteps - 1 - step))).Times(BlockCounts[step]));
        }
        parts.Add(Counts.Of("head.out", LayerCounts.Convolution(Output(widths[0], context.NumClasses), crop.Count, crop.Count)));
        return parts;
    }

    // The official output layer is a transposed convolution, so the first two axes of its weight are swapped.
    internal static ConvShape Output(int width, int classes) => new(width, classes, 1) { Transposed = true };
}
