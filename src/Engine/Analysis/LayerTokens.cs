using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Converts outputs of an encoder's layers to tokens on one grid, so that layers of any encoders can be compared.</summary>
public static class LayerTokens
{
    /// <summary>Returns the names of an encoder's layers, shallow first.</summary>
    public static IReadOnlyList<string> Names(Encoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return encoder.Info switch
        {
            TokenEncoderInfo tokens => [.. Enumerable.Range(0, tokens.Depth).Select(block => block.ToString(System.Globalization.CultureInfo.InvariantCulture))],
            PyramidEncoderInfo pyramid => [.. pyramid.Levels.Select(level => $"stride {level.Stride.X}x{level.Stride.Y}x{level.Stride.Z}")],
            _ => [],
        };
    }

    /// <summary>Returns the coarsest grid of an encoder.</summary>
    /// <param name="encoder">Any encoder.</param>
    /// <param name="crop">Voxels of a crop.</param>
    public static Size3 Grid(Encoder encoder, Size3 crop)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return encoder.Info switch
        {
            TokenEncoderInfo tokens => tokens.Grid,
            PyramidEncoderInfo pyramid => pyramid.Levels.Select(level => new Size3(crop.X / level.Stride.X, crop.Y / level.Stride.Y, crop.Z / level.Stride.Z)).MinBy(grid => grid.Count),
            _ => crop,
        };
    }

    /// <summary>Encodes a crop.</summary>
    /// <param name="encoder">The encoder, in evaluation mode.</param>
    /// <param name="volume">[1, C, X, Y, Z].</param>
    /// <param name="mask">Visible patches; null for all.</param>
    /// <param name="grid">The grid to which features are averaged. With a mask, it must be the encoder's own grid.</param>
    /// <returns>Tokens [n, C] by layer.</returns>
    public static IReadOnlyList<Tensor> Of(Encoder encoder, Tensor volume, TokenMask? mask, Size3 grid)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        using DisposeScope scope = NewDisposeScope();
        if (encoder is TokenEncoder tokens)
        {
            TokenEncoderInfo info = tokens.TokenInfo;
            int[] blocks = [.. Enumerable.Range(0, info.Depth)];
            TokenFeatures features = mask is null ? (TokenFeatures)encoder.Encode(volume, blocks) : tokens.EncodeVisible(PatchVectors.Of(volume, info.PatchSize), mask, blocks);
            return [.. blocks.Select(block => OnGrid(features.Hidden[block], info, grid).MoveToOuterDisposeScope())];
        }
        return [.. ((FeaturePyramid)encoder.Encode(volume, [])).Levels.Select(level => Pooled(level, grid).MoveToOuterDisposeScope())];
    }

    /// <summary>Averages patch tokens of a block to a grid. On the encoder's own grid they are unchanged.</summary>
    /// <param name="output">[1, T, E].</param>
    /// <param name="info">Sizes of the encoder.</param>
    /// <param name="grid">The grid.</param>
    /// <returns>[n, E].</returns>
    public static Tensor OnGrid(Tensor output, TokenEncoderInfo info, Size3 grid)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(info);
        using DisposeScope scope = NewDisposeScope();
        int first = info.HasClassToken ? 1 : 0;
        Tensor patches = output[0].narrow(0, first, output.shape[1] - first); // [V, E]
        return (grid == info.Grid ? patches : Pooled(patches.t().reshape(1, -1, info.Grid.X, info.Grid.Y, info.Grid.Z), grid)).alias().MoveToOuterDisposeScope();
    }

    // [1, C, x, y, z] to [n, C].
    private static Tensor Pooled(Tensor features, Size3 grid)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.adaptive_avg_pool3d(features.to(ScalarType.Float32), [grid.X, grid.Y, grid.Z])[0].flatten(1).t().MoveToOuterDisposeScope();
    }
}
