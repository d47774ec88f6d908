using System.Globalization;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>The Swin Transformer of SwinUNETR. Levels are normalised over channels, without weights, as in MONAI's skips; the next stage reads them before the normalisation.</summary>
internal sealed class SwinEncoder : PyramidEncoder
{
    private const double NormEps = 1e-5;
    private readonly PatchEmbedding patch_embed;
    private readonly ModuleList<SwinStage> stages;
    private readonly SwinSkips? skips;
    private readonly WindowPlans plans;
    private readonly int[] firstBlocks;
    private readonly int numBlocks;
    private readonly bool checkpointBlocks;

    public SwinEncoder(SwinConfig config, EncoderContext context) : base(nameof(SwinEncoder))
    {
        if (config.Problems().Select(problem => problem.Message).FirstOrDefault() is { } wrong) throw new PluginException($"swin: {wrong}.");
        CropRule.Require(config, context);
        checkpointBlocks = config.CheckpointBlocks;
        PyramidInfo = config.Describe(context);
        plans = new WindowPlans(config.WindowSize);
        numBlocks = config.Depths.Sum();
        firstBlocks = [.. config.Depths.Select((_, i) => config.Depths.Take(i).Sum())];
        patch_embed = new PatchEmbedding(context.InChannels, 2, config.FeatureSize, xavier: false);
        stages = nn.ModuleList([.. Enumerable.Range(0, SwinConfig.NumStages).Select(i => new SwinStage(
            config.FeatureSize << i, config.NumHeads[i], config.MlpRatio, config.WindowSize, config.Downsample == PatchMergingKind.Mergingv2, config.UseV2, plans,
            [.. Enumerable.Range(firstBlocks[i], config.Depths[i]).Select(block => config.DropPath * block / Math.Max(1, numBlocks - 1))]))]);
        if (config.SkipBlocks) skips = new SwinSkips(context.InChannels, config.Widths, new UnetrBlockOptions());
        RegisterComponents();
    }

    public override PyramidEncoderInfo PyramidInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] s = volumes.shape;
        Tensor x = patch_embed.call(Patches.FromVolumes(volumes, 2)).reshape(s[0], s[2] / 2, s[3] / 2, s[4] / 2, -1); // [B, X/2, Y/2, Z/2, f]
        var levels = new List<Tensor> { Normed(x) };
        foreach (SwinStage stage in stages)
        {
            x = stage.Run(x, (block, input) => RecomputedBlock.Call(block, input, checkpointBlocks));
            levels.Add(Normed(x));
        }
        IReadOnlyList<Tensor> maps = skips is null ? levels : skips.Run(volumes, levels);
        return new FeaturePyramid([.. maps.Select(map => map.MoveToOuterDisposeScope())]);
    }

    public override int LayerOf(string parameterName)
    {
        string[] parts = parameterName.Split('.');
        if (parts[0] != "stages") return parts[0] == "skips" ? numBlocks + 1 : 0;
        int stage = Number(parts[1]), first = firstBlocks[stage];
        return parts[2] switch
        {
            "blocks" => first + Number(parts[3]) + 1,
            "conv" => first + 1,
            _ => stage + 1 < firstBlocks.Length ? firstBlocks[stage + 1] : numBlocks, // merging goes with the stage's last block
        };

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) plans.Dispose();
        base.Dispose(disposing);
    }

    // [B, X, Y, Z, C] to [B, C, X, Y, Z].
    private static Tensor Normed(Tensor tokens) => nn.functional.layer_norm(tokens, [tokens.shape[^1]], eps: NormEps).permute(0, 4, 1, 2, 3);
}
