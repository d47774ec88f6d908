using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>MiT of UniMiSS: four stages down, and three transformer stages up. The outputs of the way down are added on the way up, and a norm follows the finest stage.</summary>
internal sealed class MitEncoder : PyramidEncoder, ISliceEncoder
{
    private const double EncoderEps = 1e-6, DecoderEps = 1e-5;
    private readonly MitConvBlock stem;
    private readonly ModuleList<MitStage> stages;
    private readonly ModuleList<MitStage> up;
    private readonly LayerNorm norm;
    private readonly MitSlices? pretraining;
    private readonly MitConfig config;

    public MitEncoder(MitConfig config, EncoderContext context) : base(nameof(MitEncoder))
    {
        if (config.Problems().Select(problem => problem.Message).FirstOrDefault() is { } wrong) throw new PluginException($"mit: {wrong}.");
        CropRule.Require(config, context);
        this.config = config;
        PyramidInfo = config.Describe(context);
        Size3 Grid(int stage) => new(context.CropSize.X / MitConfig.StrideOf(stage).X, context.CropSize.Y / MitConfig.StrideOf(stage).Y, context.CropSize.Z / MitConfig.StrideOf(stage).Z);
        int all = config.Depths.Sum(), made = 0;
        stem = new MitConvBlock(MitConfig.Stem(context.InChannels, config.StemChannels));
        stages = nn.ModuleList([.. Enumerable.Range(0, MitConfig.NumStages).Select(i => new MitStage(
            new MitConvBlock(MitConfig.Embed(i == 0 ? config.StemChannels : config.EmbedDims[i - 1], config.EmbedDims[i])), Grid(i), config.EmbedDims[i],
            [.. Enumerable.Range(0, config.Depths[i]).Select(_ => new MitBlock(
                config.EmbedDims[i], config.NumHeads[i], config.SrRatios[i], config.MlpRatio, EncoderEps, bias: true, config.DropPath * made++ / Math.Max(1, all - 1)))]))]);
        up = nn.ModuleList([.. Enumerable.Range(0, MitConfig.NumStages - 1).Select(i => Up(i, MitConfig.NumStages - 2 - i))]);
        norm = nn.LayerNorm(config.EmbedDims[0], eps: DecoderEps);
        if (PyramidInfo.SliceEmbedding is not null) pretraining = new MitSlices(config, context.InChannels, context.CropSize);
        RegisterComponents();

        MitStage Up(int i, int stage) => new(
            new ConvLayer(ConvShape.Doubling(config.EmbedDims[stage + 1], config.EmbedDims[stage])), Grid(stage), config.EmbedDims[stage],
            [.. Enumerable.Range(0, config.DecoderDepths[i]).Select(_ => new MitBlock(
                config.EmbedDims[stage], config.DecoderNumHeads[i], config.DecoderSrRatios[i], config.MlpRatio, DecoderEps, bias: false, dropPath: 0))]);
    }

    public override PyramidEncoderInfo PyramidInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor finest = stem.call(volumes), x = finest; // [B, 32, X, Y/2, Z/2]
        var maps = new List<Tensor>();
        foreach (MitStage stage in stages) maps.Add(x = Volumes(stage.Run(x, null, config.CheckpointBlocks)));
        var levels = new List<Tensor> { x };
        for (int i = 0; i < up.Count; i++)
        {
            Tensor tokens = up[i].Run(x, maps[maps.Count - 2 - i], config.CheckpointBlocks);
            if (i == up.Count - 1) tokens = norm.call(tokens);
            levels.Add(x = Volumes(tokens));
        }
        levels.Add(finest);
        levels.Reverse();
        return new FeaturePyramid([.. levels.Select(level => level.MoveToOuterDisposeScope())]);
    }

    public Tensor EmbedVolumes(Tensor volumes)
    {
        using DisposeScope scope = NewDisposeScope();
        return Embed(stem.call(volumes)).MoveToOuterDisposeScope();
    }

    public Tensor EmbedSlices(Tensor slices)
    {
        using DisposeScope scope = NewDisposeScope();
        return Embed(Slices.Stem(slices)).MoveToOuterDisposeScope();
    }

    private MitSlices Slices => pretraining ?? throw new InvalidOperationException("This encoder was built without takes_slices, or for segmentation.");

    // The class token after the last stage on the way up.
    private Tensor Embed(Tensor finest)
    {
        (Tensor x, Tensor? token) = (finest, null);
        var maps = new List<Tensor>();
        for (int i = 0; i < stages.Count; i++)
        {
            (x, token) = stages[i].RunWithToken(x, null, token, Slices.Down(i), config.CheckpointBlocks);
            maps.Add(x);
        }
        for (int i = 0; i < up.Count; i++) (x, token) = up[i].RunWithToken(x, maps[maps.Count - 2 - i], token, Slices.Up(i), config.CheckpointBlocks);
        return norm.call(token!.squeeze(1));
    }

    // Blocks are numbered through all stages, down and up. Other layers of a stage belong to its first block.
    public override int LayerOf(string parameterName)
    {
        string[] parts = parameterName.Split('.');
        if (parts[0] == "pretraining") parts = parts[1..];
        if (parts[0] is not ("stages" or "up")) return parts[0] == "norm" ? config.Depths.Sum() + config.DecoderDepths.Sum() + 1 : 0;
        int stage = Number(parts[1]), block = parts[2] == "blocks" ? Number(parts[3]) : 0;
        return 1 + block + (parts[0] == "stages" ? config.Depths.Take(stage).Sum() : config.Depths.Sum() + config.DecoderDepths.Take(stage).Sum());

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    private static Tensor Volumes(Tensor tokens) => tokens.permute(0, 4, 1, 2, 3);
}
