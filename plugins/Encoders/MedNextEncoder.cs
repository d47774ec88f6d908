using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>MedNeXt's way down: levels of strides 1 to 16.</summary>
internal sealed class MedNextEncoder : PyramidEncoder, IMaskedEncoder
{
    private readonly ConvLayer stem;
    private readonly ModuleList<ModuleList<MedNextBlock>> levels;
    private readonly ModuleList<MedNextBlock> down;
    private readonly Parameter? dummy_tensor;
    private readonly MedNextConfig config;

    public MedNextEncoder(MedNextConfig config, EncoderContext context) : base(nameof(MedNextEncoder))
    {
        if (config.Problems().Select(problem => problem.Message).FirstOrDefault() is { } wrong) throw new PluginException($"mednext: {wrong}.");
        CropRule.Require(config, context);
        this.config = config;
        PyramidInfo = config.Describe(context);
        stem = new ConvLayer(context.InChannels, config.NumChannels, 1);
        int all = config.BlockCounts.Sum(), made = 0;
        levels = nn.ModuleList([.. config.BlockCounts.Select((count, level) => nn.ModuleList(
            [.. Enumerable.Range(0, count).Select(_ => new MedNextBlock(config.Block(level), config.DropPath * made++ / Math.Max(1, all - 1)))]))]);
        down = nn.ModuleList([.. Enumerable.Range(0, MedNextConfig.NumLevels - 1).Select(level => new MedNextBlock(config.Down(level)))]);
        if (config.DummyTensor) dummy_tensor = new Parameter(ones(1));
        RegisterComponents();
    }

    public override PyramidEncoderInfo PyramidInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        return Levels(stem.call(volumes), (block, x) => RecomputedBlock.Call(block, x, config.CheckpointBlocks));
    }

    public Size3 CellSize => PyramidInfo.Levels[^1].Stride;

    public FeaturePyramid EncodeCells(Tensor volumes, Tensor visible)
    {
        using DisposeScope scope = NewDisposeScope();
        var mask = new CellMask(visible);
        return Levels(mask.Apply(stem.call(mask.Apply(volumes))), (block, x) => RecomputedBlock.Visible(block, x, mask, config.CheckpointBlocks));
    }

    private FeaturePyramid Levels(Tensor x, Func<MedNextBlock, Tensor, Tensor> step)
    {
        var maps = new List<Tensor>();
        for (int level = 0; level < levels.Count; level++)
        {
            if (level > 0) x = step(down[level - 1], x);
            foreach (MedNextBlock block in levels[level]) x = step(block, x);
            maps.Add(x);
        }
        return new FeaturePyramid([.. maps.Select(map => map.MoveToOuterDisposeScope())]);
    }

    // A level and the step down to it are one layer.
    public override int LayerOf(string parameterName)
    {
        string[] parts = parameterName.Split('.');
        return parts[0] switch
        {
            "levels" => int.Parse(parts[1], CultureInfo.InvariantCulture) + 1,
            "down" => int.Parse(parts[1], CultureInfo.InvariantCulture) + 2,
            _ => 0,
        };
    }
}
