using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>HySparK's encoder: widened levels of strides 1 to 8, and the transformer's map of stride 16.</summary>
internal sealed class HybridEncoder : PyramidEncoder, IMaskedEncoder
{
    private const double NormEps = 1e-5;
    private readonly ConvLayer stem;
    private readonly ModuleList<ModuleList<MedNextBlock>> levels;
    private readonly ModuleList<ConvLayer> expand;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm? norm;
    private readonly Tensor? pos_embed;
    private readonly HybridConfig config;

    public HybridEncoder(HybridConfig config, EncoderContext context) : base(nameof(HybridEncoder))
    {
        if (config.Problems().Select(problem => problem.Message).FirstOrDefault() is { } wrong) throw new PluginException($"hybrid: {wrong}.");
        CropRule.Require(config, context);
        this.config = config;
        PyramidInfo = config.Describe(context);
        int all = config.BlockCounts.Sum() + config.VitDepth, made = 0;
        double NextRate() => config.DropPath * made++ / Math.Max(1, all - 1);
        stem = new ConvLayer(context.InChannels, config.Widths[0], 3);
        levels = nn.ModuleList([.. config.BlockCounts.Select((count, level) => nn.ModuleList(
            [.. Enumerable.Range(0, count).Select(_ => new MedNextBlock(config.Block(level), NextRate()))]))]);
        expand = nn.ModuleList([.. Enumerable.Range(0, HybridConfig.NumLevels - 1).Select(level => new ConvLayer(config.Widths[level], config.Widths[level + 1], 3))]);
        (int width, int side) = (config.Widths[^1], context.CropSize.X >> (HybridConfig.NumLevels - 1));
        blocks = nn.ModuleList([.. Enumerable.Range(0, config.VitDepth).Select(_ => new TransformerBlock(width, config.VitHeads, config.MlpRatio, NormEps, dropPath: NextRate()))]);
        if (config.VitDepth > 0)
        {
            norm = nn.LayerNorm(width, eps: NormEps);
            pos_embed = SinCosPositions.Create(side, side, side, width);
            register_buffer(nameof(pos_embed), pos_embed);
        }
        RegisterComponents();
    }

    public override PyramidEncoderInfo PyramidInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = stem.call(volumes);
        var maps = new List<Tensor>();
        for (int level = 0; level < levels.Count; level++)
        {
            foreach (MedNextBlock block in levels[level]) x = RecomputedBlock.Call(block, x, config.CheckpointBlocks);
            if (level == expand.Count) break;
            maps.Add(expand[level].call(x));
            x = Pooling.Max(maps[level]);
        }
        maps.Add(Transform(x));
        return new FeaturePyramid([.. maps.Select(map => map.MoveToOuterDisposeScope())]);
    }

    public Size3 CellSize => PyramidInfo.Levels[^1].Stride;

    public FeaturePyramid EncodeCells(Tensor volumes, Tensor visible)
    {
        using DisposeScope scope = NewDisposeScope();
        var mask = new CellMask(visible);
        Tensor x = mask.Apply(stem.call(mask.Apply(volumes)));
        var maps = new List<Tensor>();
        for (int level = 0; level < levels.Count; level++)
        {
            foreach (MedNextBlock block in levels[level]) x = RecomputedBlock.Visible(block, x, mask, config.CheckpointBlocks);
            if (level == expand.Count) break;
            maps.Add(mask.Apply(expand[level].call(x)));
            // A cell is wholly seen or wholly hidden, so no visible voxel is pooled with a hidden one.
            x = Pooling.Max(maps[level]);
        }
        maps.Add(TransformVisible(x, visible));
        return new FeaturePyramid([.. maps.Select(map => map.MoveToOuterDisposeScope())]);
    }

    // Blocks are numbered through all levels and the transformer; a convolution to the next level goes with the level's last block.
    public override int LayerOf(string parameterName)
    {
        string[] parts = parameterName.Split('.');
        int convolutional = config.BlockCounts.Sum();
        return parts[0] switch
        {
            "levels" => config.BlockCounts.Take(Number(parts[1])).Sum() + Number(parts[2]) + 1,
            "expand" => config.BlockCounts.Take(Number(parts[1]) + 1).Sum(),
            "blocks" => convolutional + Number(parts[1]) + 1,
            "norm" => convolutional + config.VitDepth + 1,
            _ => 0,
        };

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    // [B, E, g, g, g] to the same shape, through the transformer.
    private Tensor Transform(Tensor map)
    {
        if (norm is null) return map;
        long[] s = map.shape;
        return Blocks(Tokens(map)).reshape(s[0], s[2], s[3], s[4], s[1]).permute(0, 4, 1, 2, 3);
    }

    // The same with visible tokens only; hidden tokens are 0. Every sample has the same number of visible tokens.
    private Tensor TransformVisible(Tensor map, Tensor visible)
    {
        if (norm is null) return map;
        long[] s = map.shape;
        Tensor seen = visible.flatten(1), places = seen.flatten().nonzero().squeeze(1); // [V of all samples]
        Tensor tokens = Tokens(map).flatten(0, 1).index_select(0, places).reshape(s[0], -1, s[1]); // [B, V, E]
        tokens = Blocks(tokens).flatten(0, 1);
        return zeros([seen.numel(), s[1]], dtype: tokens.dtype, device: tokens.device).index_copy(0, places, tokens).reshape(s[0], s[2], s[3], s[4], s[1]).permute(0, 4, 1, 2, 3);
    }

    // [B, N, E] with positions.
    private Tensor Tokens(Tensor map) => map.permute(0, 2, 3, 4, 1).reshape(map.shape[0], -1, map.shape[1]) + pos_embed!;

    private Tensor Blocks(Tensor tokens)
    {
        foreach (TransformerBlock block in blocks) tokens = RecomputedBlock.Call(block, tokens, config.CheckpointBlocks);
        return norm!.call(tokens);
    }
}
