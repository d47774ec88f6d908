using HiEndMae.Configuration;
using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>HySparK's decoder, on levels whose sizes halve from 1 to 16: a MedNeXt block on each skip, a MedNeXt step up, and a residual block on both.</summary>
[Component(Slot.Head, "hybrid"), Reads(Features.Pyramid)]
public sealed partial record HybridConfig : IHeadCounter
{
    private const string Name = "hybrid";
    private const int UpExpansion = 4;
    internal const int NumSteps = 4;

    /// <summary>Channels of the finest level.</summary>
    [Range(1, 1024)]
    public int NumChannels { get; init; } = 32;

    /// <summary>Expansion ratio of the block on each skip, coarsest first; steps up have 4.</summary>
    [NotEmpty, Range(1, 16)]
    public IReadOnlyList<int> ExpRatios { get; init; } = [4, 4, 4, 2];

    /// <summary>Edge of the depthwise kernels.</summary>
    [Range(1, 11)]
    public int KernelSize { get; init; } = 3;

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them: it takes less memory and more time.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    internal static UnetrBlockOptions FusionOptions => new(UnetrNorm.Instance, Bias: true);

    /// <summary>Reports configs that the constructor would reject.</summary>
    internal IEnumerable<(string Property, string Message)> Problems()
    {
        if (ExpRatios.Count != NumSteps) yield return (nameof(ExpRatios), $"there are {NumSteps} steps up, and {ExpRatios.Count} ratios are given");
        if (KernelSize % 2 == 0) yield return (nameof(KernelSize), $"a depthwise kernel has an odd edge, which {KernelSize} is not; nearest: {KernelSize - 1} or {KernelSize + 1}");
    }

    /// <summary>Blocks of each step up, coarsest first: on the skip, and up from the level below.</summary>
    /// <exception cref="PluginException">The encoder has other levels.</exception>
    internal IReadOnlyList<(MedNextShape Skip, MedNextShape Up)> Steps(EncoderInfo encoder)
    {
        int[] widths = [.. PyramidHead.Of(encoder, Name, [.. Enumerable.Range(0, NumSteps + 1).Select(i => Size3.Cube(1 << i))]).Levels.Select(level => level.Channels)];
        return [.. Enumerable.Range(0, NumSteps).Select(step =>
        {
            int skip = widths[NumSteps - 1 - step], below = step == 0 ? widths[^1] : skip, above = step == NumSteps - 1 ? NumChannels : widths[NumSteps - 2 - step];
            return (new MedNextShape(skip, skip, ExpRatios[step], KernelSize), new MedNextShape(below, above, UpExpansion, KernelSize, Step: MedNextStep.Up));
        })];
    }

    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        Size3 crop = context.CropSize;
        IReadOnlyList<(MedNextShape Skip, MedNextShape Up)> steps = Steps(context.Encoder);
        var parts = new List<OperationCount>();
        foreach ((int step, (MedNextShape skip, MedNextShape up)) in steps.Index())
        {
            int level = NumSteps - 1 - step;
            (long X, long Y, long Z) fine = (crop.X >> level, crop.Y >> level, crop.Z >> level), coarse = (fine.X / 2, fine.Y / 2, fine.Z / 2);
            parts.Add(Counts.Of($"head.steps.{step}", MedNextBlock.Count(skip, fine) + MedNextBlock.Count(up, coarse)
                + LayerCounts.ResBlock(fine.X * fine.Y * fine.Z, skip.Outputs + up.Outputs, up.Outputs, FusionOptions)));
        }
        LayerCounts output = LayerCounts.Convolution(crop.Count, NumChannels, context.NumClasses, 1, bias: true);
        // The official fine-tuning code has the last step twice and never calls the second.
        long unused = MedNextBlock.Count(steps[^1].Up, (1, 1, 1)).Parameters;
        parts.Add(Counts.Of("head.out", output with { Parameters = output.Parameters + unused }));
        return parts;
    }

    partial void Check(KeyReport report)
    {
        foreach ((string property, string message) in Problems()) report.Error(property, message);
    }
}
