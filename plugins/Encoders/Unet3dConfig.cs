using HiEndMae.Configuration;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

/// <summary>A 3D U-Net without its last convolution; its features are the levels of the way up. Defaults are those of Models Genesis; other settings give TransVW, PRLv2 and GVSL.</summary>
[Component(Slot.Encoder, "unet3d"), Gives(Features.Pyramid)]
public sealed partial record Unet3dConfig : ICropRule
{
    /// <summary>Channels of the levels on the way down, finest first; each has half the size of the one before.</summary>
    [NotEmpty, Range(1, 4096)]
    public IReadOnlyList<int> Widths { get; init; } = [64, 128, 256, 512];

    /// <summary>Channels on the way up, coarsest first; default: those of the way down.</summary>
    [Range(1, 4096)]
    public IReadOnlyList<int> UpWidths { get; init; } = [];

    /// <summary>Whether the way up belongs to the encoder, so that pre-training trains it; otherwise it belongs to the head.</summary>
    public bool UpPath { get; init; } = true;

    /// <summary>Whether the first convolution of a level on the way down has half the channels of the level; otherwise it has all of them (GVSL).</summary>
    public bool HalfWidthFirst { get; init; } = true;

    /// <summary>Norm after each convolution: batch-always (Models Genesis, TransVW), batch (PRLv2), group (GVSL) or instance.</summary>
    public UnetNorm Norm { get; init; } = UnetNorm.BatchAlways;

    /// <summary>Channels of a group, for group norms.</summary>
    [Range(1, 4096)]
    public int GroupSize { get; init; } = 8;

    /// <summary>Slope of negative values after each norm; 0 for a ReLU, 0.2 for GVSL.</summary>
    [Range(0, 0.99)]
    public double NegativeSlope { get; init; }

    /// <summary>How the size is doubled on the way up: transposed (convolutions) or trilinear (GVSL).</summary>
    public UnetUpsampling Upsampling { get; init; } = UnetUpsampling.Transposed;

    /// <summary>Whether there are skips from the way down to the way up. PRLv2 has none.</summary>
    public bool Skips { get; init; } = true;

    /// <summary>Whether the channels of a skip come before the others, as in GVSL.</summary>
    public bool SkipFirst { get; init; }

    /// <summary>Whether crops may have any size: they are padded with zeros on both sides to a multiple that the levels need, and the output is cut again (GVSL).</summary>
    public bool PadCrops { get; init; }

    /// <summary>Whether initial weights of convolutions are normal with standard deviation sqrt(2 / inputs), as in GVSL; otherwise as in PyTorch.</summary>
    public bool KaimingInit { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them. Results are the same; it takes much less memory and the time of another forward pass.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    internal int Divisor => 1 << (Widths.Count - 1);

    /// <inheritdoc/>
    public string? RefusalOf(Size3 crop, EncoderUse use) => PadCrops ? null : CropRule.Multiple("unet3d", crop, Size3.Cube(Divisor));

    /// <summary>Reports configs that the constructor would reject.</summary>
    internal IEnumerable<(string Property, string Message)> Problems()
    {
        if (Widths.Count is < 2 or > 8) yield return (nameof(Widths), $"2 to 8 levels are allowed, and {Widths.Count} widths are given");
        if (UpWidths.Count > 0 && UpWidths.Count != Widths.Count - 1) yield return (nameof(UpWidths), $"{Widths.Count} levels have {Widths.Count - 1} steps up, and {UpWidths.Count} widths are given");
        if (HalfWidthFirst && Widths.Any(width => width % 2 != 0)) yield return (nameof(Widths), $"with half_width_first every width is even, which {Widths.First(width => width % 2 != 0)} is not");
        if (Norm == UnetNorm.Group)
        {
            foreach (int width in Widths.Concat(UpWidths))
            {
                if (width % GroupSize == 0 && (!HalfWidthFirst || width / 2 % GroupSize == 0)) continue;
                yield return (nameof(GroupSize), $"groups of {GroupSize} channels do not divide a width of {width}{(HalfWidthFirst ? " and its half" : "")}; allowed: common divisors of all widths");
                break;
            }
        }
    }

    partial void Check(KeyReport report)
    {
        foreach ((string property, string message) in Problems()) report.Error(property, message);
        if (!UpPath && (UpWidths.Count > 0 || SkipFirst || !Skips)) report.Warning(nameof(UpPath), "settings of the way up have no effect without it; the head has the way up, with settings of its own");
        if (!Skips && SkipFirst) report.Warning(nameof(SkipFirst), "has no effect without skips");
    }
}
