using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Sizes of SUP's heads.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="Width">Channels of the encoder's coarsest map.</param>
/// <param name="Doublings">Number of steps from the coarsest map to the size of the crop.</param>
internal sealed record SupShape(int InChannels, int Width, int Doublings)
{
    /// <summary>Returns the sizes of the heads for an encoder.</summary>
    /// <param name="config">Weights of the losses.</param>
    /// <param name="context">The encoder, the crop and the batch.</param>
    /// <exception cref="PluginException">The encoder, the crop or the batch does not fit.</exception>
    public static SupShape Of(SupConfig config, DecoderContext context)
    {
        if (context.BatchSize == 1 && config.ContrastiveWeight > 0)
            throw new PluginException("sup compares the crops of a batch with one another, and a batch has one, whose contrastive loss is always 0; raise volumes or crops_per_volume in [pretrain.data], or set contrastive_weight = 0.");
        if (context.Encoder is not PyramidEncoderInfo info) throw new PluginException("sup needs an encoder that returns a feature pyramid, but this one returns patch tokens; use one such as swin.");
        PyramidLevel coarsest = info.IsTopDown ? info.Levels[0] : info.Levels[^1];
        int stride = coarsest.Stride.X, doublings = int.Log2(stride);
        if (info.IsTopDown || coarsest.Stride != Size3.Cube(stride) || stride != 1 << doublings || stride < 2)
            throw new PluginException("sup needs an encoder whose levels halve the size along every axis; use one such as swin.");
        if (coarsest.Channels % (1 << (doublings - 1)) != 0)
            throw new PluginException($"sup halves the {coarsest.Channels} channels of the coarsest map {doublings - 1} times, and they cannot be halved so often; use an encoder with a multiple of {1 << (doublings - 1)} channels.");
        Size3 crop = context.CropSize;
        if (crop.Y != crop.Z) throw new PluginException($"sup rotates crops in the plane of y and z, and a crop of {crop} is not square there; make its last two sides equal.");
        if (crop.Count / ((long)stride * stride * stride) < 2) throw new PluginException($"sup needs at least two voxels in the coarsest map, and a crop of {crop} has one; make one side at least {2 * stride}.");
        return new SupShape(info.InChannels, coarsest.Channels, doublings);
    }

    /// <summary>Channels after each step of the restoration head. Every step except the last halves them.</summary>
    public int[] Widths => [.. Enumerable.Range(1, Doublings).Select(step => Width >> Math.Min(step, Math.Max(1, Doublings - 1)))];
}
