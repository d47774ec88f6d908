using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Sizes of a task that restores hidden cells.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="Widths">Channels of the encoder's levels with a stride of 2 or more, coarsest first.</param>
/// <param name="Cell">Edge of a cell in voxels. It equals the coarsest stride.</param>
/// <param name="Grid">Cells of a crop along x, y, z.</param>
/// <param name="Visible">Visible cells of a sample.</param>
internal sealed record SparseShape(int InChannels, IReadOnlyList<int> Widths, int Cell, Size3 Grid, int Visible)
{
    /// <summary>Number of steps of the decoder. Each step doubles the size.</summary>
    public int Steps => int.Log2(Cell);

    /// <summary>Returns the sizes for an encoder.</summary>
    /// <param name="context">Encoder, crop and mask ratio.</param>
    /// <param name="method">Name of the pretext task, for messages.</param>
    /// <param name="width">Channels of the decoder at the coarsest level.</param>
    /// <exception cref="PluginException">The encoder, the crop or the width does not fit.</exception>
    public static SparseShape Of(DecoderContext context, string method, int width)
    {
        if (context.Encoder is not PyramidEncoderInfo { TakesCells: true } info)
            throw new PluginException($"{method} needs a convolutional encoder that can run on visible cells only; use mednext or hybrid.");
        int cell = info.Levels[^1].Stride.X, steps = int.Log2(cell);
        PyramidLevel[] levels = [.. info.Levels.Where(level => level.Stride.X > 1).Reverse()];
        if (cell != 1 << steps || levels.Where((level, i) => level.Stride != Size3.Cube(cell >> i)).Any()) throw new PluginException($"{method} needs an encoder whose levels halve the size along every axis; use mednext or hybrid with equal strides.");
        if (width % (1 << steps) != 0) throw new PluginException($"{method} halves the decoder's width {steps} times, and {width} cannot be halved so often; use a multiple of {1 << steps}.");
        Size3 crop = context.CropSize, grid = new(crop.X / cell, crop.Y / cell, crop.Z / cell);
        // Rounds half to even, as the official code does.
        int cells = (int)grid.Count, visible = (int)Math.Round(cells * (1 - context.MaskRatio), MidpointRounding.ToEven);
        if (visible < 1 || visible == cells)
            throw new PluginException($"{method} sees {visible} of the {cells} cells of a crop of {crop} with mask_ratio {context.MaskRatio}, but at least one cell must be visible and one hidden; use larger crops or another mask_ratio.");
        if (context.BatchSize * visible == 1)
            throw new PluginException($"{method} normalises over the visible cells of a batch, and a batch has a single one; use larger crops, a lower mask_ratio, or more crops in a batch.");
        return new SparseShape(info.InChannels, [.. levels.Select(level => level.Channels)], cell, grid, visible);
    }
}
