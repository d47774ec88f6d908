using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins;

/// <summary>Converts counts of layers to counts of a part of a model.</summary>
internal static class Counts
{
    /// <summary>A part whose operations are all counted by the paper's convention.</summary>
    public static OperationCount Of(string part, LayerCounts counts) => new(part, counts.Parameters, counts.Activations, counts.Operations, counts.Operations) { Products = Products(counts) };

    /// <summary>Multiply-adds by kind.</summary>
    public static ProductCount Products(LayerCounts counts) => new(counts.Convolutions, counts.TransposedConvolutions, counts.LinearMaps, counts.AttentionProducts);
}
