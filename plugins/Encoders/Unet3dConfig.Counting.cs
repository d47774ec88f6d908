using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

public sealed partial record Unet3dConfig : IEncoderCounter
{
    internal UnetOptions Options => new(Norm, GroupSize, NegativeSlope, KaimingInit);

    internal UnetPathOptions PathOptions => new(Options, Upsampling, Skips, SkipFirst);

    /// <summary>Widths of the steps up, coarsest first.</summary>
    internal IReadOnlyList<int> StepWidths => UpWidths.Count > 0 ? UpWidths : [.. Widths.Take(Widths.Count - 1).Reverse()];

    /// <summary>Channels in, between and out of each level on the way down.</summary>
    internal IReadOnlyList<(int Inputs, int Between, int Outputs)> DownWidths(int channels) =>
        [.. Widths.Select((width, i) => (i == 0 ? channels : Widths[i - 1], HalfWidthFirst ? width / 2 : width, width))];

    /// <summary>Channels of the coarser level, the skip and the output of each step up.</summary>
    internal IReadOnlyList<(int Inputs, int Skip, int Outputs)> UpSteps =>
        [.. StepWidths.Select((width, i) => (i == 0 ? Widths[^1] : StepWidths[i - 1], Widths[Widths.Count - 2 - i], width))];

    internal PyramidEncoderInfo Describe(EncoderContext context)
    {
        IReadOnlyList<int> widths = UpPath ? [.. StepWidths.Reverse(), Widths[^1]] : Widths;
        return new PyramidEncoderInfo(context.InChannels, [.. widths.Select((width, i) => new PyramidLevel(width, Size3.Cube(1 << i)))]) { IsTopDown = UpPath };
    }

    EncoderInfo IEncoderCounter.Describe(EncoderContext context) => Describe(context);

    IReadOnlyList<OperationCount> IEncoderCounter.Count(EncoderContext context, double maskRatio)
    {
        Size3 crop = context.CropSize;
        long voxels = 1;
        for (int axis = 0; axis < 3; axis++) voxels *= (crop[axis] + Divisor - 1) / Divisor * Divisor;
        var parts = new List<OperationCount>();
        foreach ((int i, (int inputs, int between, int outputs)) in DownWidths(context.InChannels).Index()) parts.Add(Counts.Of($"encoder.down.{i}", UnetBlock.Count(voxels >> (3 * i), inputs, between, outputs)));
        if (!UpPath) return parts;
        foreach ((int i, (int inputs, int skip, int outputs)) in UpSteps.Index())
            parts.Add(Counts.Of($"encoder.up.{i}", UnetUpStep.Count(voxels >> (3 * (Widths.Count - 2 - i)), inputs, skip, outputs, PathOptions)));
        return parts;
    }
}
