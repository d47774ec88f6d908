using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Sizes of a task that restores hidden cells.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="Widths">Channels of the encoder's levels that are read, coarsest first: those of stride 2 and more.</param>
/// <param name="Cell">Voxels of a cell's edge, which is the coarsest stride.</param>
/// <param name="Grid">Cells of a crop along x, y, z.</param>
/// <param name="Visible">Cells of a sample that are seen.</param>
internal sealed record SparseShape(int InChannels, IReadOnlyList<int> Widths, int Cell, Size3 Grid, int Visible)
{
    /// <summary>Steps of the decoder, each of which doubles the size.</summary>
    public int Steps => int.Log2(Cell);

    /// <summary>The sizes for an encoder.</summary>
    /// <param name="context">Encoder, crop and mask ratio.</param>
    /// <param name="method">Name of the pretext task, for messages.</param>
    /// <param name="width">Channels of the decoder at the coarsest level.</param>
    /// <exception cref="PluginException">The encoder, the crop or the width does not fit.</exception>
    public static SparseShape Of(DecoderContext context, string method, int width)
    {
        if (context.Encoder is not PyramidEncoderInfo { TakesCells: true } info)
            throw new PluginException($"{method} needs a convolutional encoder that can be run on visible cells alone: mednext or hybrid. This one cannot.");
        int cell = info.Levels[^1].Stride.X, steps = int.Log2(cell);
        PyramidLevel[] levels = [.. info.Levels.Where(level => level.Stride.X > 1).Reverse()];
        if (cell != 1 << steps || levels.Where((level, i) => level.Stride != Size3.Cube(cell >> i)).Any()) throw new PluginException($"{method} reads levels whose sizes halve along every axis; this encoder's do not.");
        if (width % (1 << steps) != 0) throw new PluginException($"{method} halves the decoder's width {steps} times, which does not divide {width}; allowed: multiples of {1 << steps}.");
        Size3 crop = context.CropSize, grid = new(crop.X / cell, crop.Y / cell, crop.Z / cell);
        // Half to even, as the official code rounds.
        int cells = (int)grid.Count, visible = (int)Math.Round(cells * (1 - context.MaskRatio), MidpointRounding.ToEven);
        if (visible < 1 || visible == cells)
            throw new PluginException($"{method} sees {visible} of the {cells} cells of a crop of {crop} with mask_ratio {context.MaskRatio}; at least one must be seen and one hidden, so take larger crops or another ratio.");
        return new SparseShape(info.InChannels, [.. levels.Select(level => level.Channels)], cell, grid, visible);
    }
}
