using System.Globalization;
using HiEndMae.References;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The [encoder] table of the hybrid encoder whose weights a golden contains.</summary>
internal static class HybridSizes
{
    private const int NumLevels = 5;

    /// <summary>TOML of <c>[encoder]</c>.</summary>
    /// <param name="golden">The golden.</param>
    /// <param name="convolutions">Prefix of the names of its convolutional weights.</param>
    /// <param name="depth">Transformer blocks.</param>
    /// <param name="heads">Attention heads.</param>
    public static string Toml(IReferenceTensors golden, string convolutions, int depth, int heads)
    {
        long[] Shape(string name) => golden[convolutions + name + ".weight"].shape;
        long[] widths = [Shape("stem")[0], .. Enumerable.Range(1, NumLevels - 1).Select(level => Shape($"expend{level}")[0])];
        var counts = new List<int>();
        var ratios = new List<long>();
        for (int level = 1; level <= NumLevels; level++)
        {
            counts.Add(golden.Names($"{convolutions}layer{level}.").Count(name => name.EndsWith(".conv1.weight", StringComparison.Ordinal)));
            ratios.Add(Shape($"layer{level}.0.conv2")[0] / widths[level - 1]);
        }
        return string.Create(CultureInfo.InvariantCulture, $"""
            plugin = "hybrid"
            widths = [{string.Join(", ", widths)}]
            block_counts = [{string.Join(", ", counts)}]
            exp_ratios = [{string.Join(", ", ratios)}]
            kernel_size = {Shape("layer1.0.conv1")[^1]}
            vit_depth = {depth}
            vit_heads = {heads}
            """);
    }
}
