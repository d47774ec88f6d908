using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Sizes of PCRLv2's heads.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="Levels">Levels of the way up, coarsest first.</param>
internal sealed record Pcrlv2Shape(int InChannels, IReadOnlyList<PyramidLevel> Levels)
{
    /// <summary>Returns the sizes for an encoder.</summary>
    /// <exception cref="PluginException">The encoder, the region or the batch does not fit.</exception>
    public static Pcrlv2Shape Of(Pcrlv2Config config, DecoderContext context)
    {
        if (context.Encoder is not PyramidEncoderInfo { IsTopDown: true } info || info.Levels[0].Stride != Size3.Cube(1))
            throw new PluginException("pcrlv2 needs an encoder with a way up whose finest level has the size of the view; use one such as unet3d.");
        foreach (Size3 box in config.GlobalBoxes)
        {
            if (box.X > context.CropSize.X || box.Y > context.CropSize.Y || box.Z > context.CropSize.Z)
                throw new PluginException($"pcrlv2 cuts boxes of {box} voxels from a crop, and a crop of {context.CropSize} is smaller; make the crop of [pretrain.data] larger or global_boxes smaller.");
        }
        if (context.BatchSize == 1) throw new PluginException("pcrlv2 has batch norms over the crops of a batch, and this batch has one; use at least two volumes or crops_per_volume.");
        // The last level is the bottom of the U-Net, before the way up.
        return new Pcrlv2Shape(info.InChannels, [.. info.Levels.SkipLast(1).Reverse()]);
    }
}
