using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

public sealed partial record UnetConfig : IHeadCounter
{
    private const string Name = "unet";

    internal UnetPathOptions PathOptions => new(new UnetOptions(Norm, GroupSize, NegativeSlope), Upsampling, Skips, SkipFirst);

    /// <summary>Checks an encoder and returns the channels of each step up, coarsest first; none if the encoder has a way up.</summary>
    /// <exception cref="PluginException">The encoder's levels do not halve, or the widths are wrong.</exception>
    internal IReadOnlyList<(int Inputs, int Skip, int Outputs)> Steps(PyramidEncoderInfo info)
    {
        if (KernelSize % 2 == 0) throw new PluginException($"{Name}: kernel_size {KernelSize} is even; a kernel that keeps sizes has an odd edge.");
        if (LevelHeads && !info.IsTopDown) throw new PluginException($"{Name}: level_heads reads the levels of a way up, which this encoder does not have.");
        if (info.IsTopDown) return [];
        IReadOnlyList<PyramidLevel> levels = info.Levels;
        for (int i = 1; i < levels.Count; i++)
        {
            Size3 fine = levels[i - 1].Stride, coarse = levels[i].Stride;
            if (coarse != new Size3(2 * fine.X, 2 * fine.Y, 2 * fine.Z))
                throw new PluginException($"{Name} needs an encoder whose sizes halve from level to level; this one's strides are {PyramidHead.Text(levels.Select(level => level.Stride))}.");
        }
        if (UpWidths.Count > 0 && UpWidths.Count != levels.Count - 1)
            throw new PluginException($"{Name}: the encoder has {levels.Count} levels, so up_widths has {levels.Count - 1} numbers and not {UpWidths.Count}.");
        int[] widths = [.. UpWidths.Count > 0 ? UpWidths : levels.Take(levels.Count - 1).Select(level => level.Channels).Reverse()];
        if (Norm == UnetNorm.Group && widths.FirstOrDefault(width => width % GroupSize != 0) is > 0 and int odd)
            throw new PluginException($"{Name}: group_size {GroupSize} does not divide a width of {odd}.");
        return [.. widths.Select((width, i) => (i == 0 ? levels[^1].Channels : widths[i - 1], levels[levels.Count - 2 - i].Channels, width))];
    }

    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        PyramidEncoderInfo info = PyramidHead.Of(context.Encoder, Name);
        IReadOnlyList<(int Inputs, int Skip, int Outputs)> steps = Steps(info);
        var parts = new List<OperationCount>();
        foreach ((int i, (int inputs, int skip, int outputs)) in steps.Index())
        {
            long voxels = PyramidHead.Voxels(context.CropSize, info.Levels[info.Levels.Count - 2 - i].Stride);
            parts.Add(Counts.Of($"head.up.{i}", UnetUpStep.Count(voxels, inputs, skip, outputs, PathOptions)));
        }
        long full = context.CropSize.Count;
        int width = steps.Count > 0 ? steps[^1].Outputs : info.Levels[0].Channels;
        parts.Add(Counts.Of("head.out", LayerCounts.Convolution(full, width, context.NumClasses, KernelSize, bias: true)));
        if (LevelHeads)
        {
            foreach ((int i, PyramidLevel level) in info.Levels.Take(info.Levels.Count - 1).Index())
                parts.Add(Counts.Of($"head.levels.{i}", UnetLevelHead.Count(PyramidHead.Voxels(context.CropSize, level.Stride), level.Channels)));
        }
        return parts;
    }
}
