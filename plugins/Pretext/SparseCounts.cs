using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Counts the operations of tasks that restore hidden cells.</summary>
internal static class SparseCounts
{
    /// <summary>Returns the parts in the order in which they run.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="width">Channels of the decoder at the coarsest level.</param>
    /// <param name="norm">Normalisation before hidden cells are filled.</param>
    /// <param name="step">Counts a step, given its number and the voxels of its input.</param>
    public static IReadOnlyList<OperationCount> Of(SparseShape shape, int width, DensifyNorm norm, Func<int, long, LayerCounts> step)
    {
        var parts = new List<OperationCount>();
        foreach ((int i, int channels) in shape.Widths.Index())
        {
            long voxels = shape.Grid.Count << (3 * i);
            LayerCounts level = norm switch
            {
                DensifyNorm.Layer => LayerCounts.Norm(voxels, channels),
                DensifyNorm.Batch => LayerCounts.ChannelNorm(channels),
                _ => default,
            };
            level += new LayerCounts { Parameters = channels }; // mask token
            if (i > 0 || channels != width) level += LayerCounts.Convolution(voxels, channels, width >> i, i == 0 ? 1 : 3, bias: true);
            parts.Add(Counts.Of($"decoder.densify.{i}", level));
        }
        for (int i = 0; i < shape.Steps; i++) parts.Add(Counts.Of($"decoder.dec.{i}", step(i, shape.Grid.Count << (3 * i))));
        parts.Add(Counts.Of("decoder.proj", LayerCounts.Convolution(shape.Grid.Count << (3 * shape.Steps), width >> shape.Steps, shape.InChannels, 1, bias: true)));
        return parts;
    }
}
