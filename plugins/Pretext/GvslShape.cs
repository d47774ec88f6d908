using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The levels that GVSL reads.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="Bottom">The coarsest level.</param>
/// <param name="Finest">The finest level.</param>
internal sealed record GvslShape(int InChannels, PyramidLevel Bottom, PyramidLevel Finest)
{
    private const int SmallestSide = 16;

    /// <summary>Returns the levels of an encoder.</summary>
    /// <exception cref="PluginException">The encoder, the crop or the batch does not fit.</exception>
    public static GvslShape Of(DecoderContext context)
    {
        if (context.Encoder is not PyramidEncoderInfo { IsTopDown: true } info || info.Levels[0].Stride != Size3.Cube(1))
            throw new PluginException("gvsl needs an encoder with a way up whose finest level has the size of the crop; use one such as unet3d.");
        Size3 crop = context.CropSize;
        if (Math.Min(crop.X, Math.Min(crop.Y, crop.Z)) < SmallestSide) throw new PluginException($"gvsl paints boxes that do not fit into a crop of {crop}; use sides of at least {SmallestSide}.");
        if (context.BatchSize is { } crops && crops % 2 != 0) throw Odd(crops);
        return new GvslShape(info.InChannels, info.Levels[^1], info.Levels[0]);
    }

    /// <summary>The error for a batch that cannot be paired.</summary>
    public static PluginException Odd(long crops) => new($"gvsl pairs the crops of a batch, and {crops} cannot be paired; make volumes times crops_per_volume even, best with two volumes.");
}
