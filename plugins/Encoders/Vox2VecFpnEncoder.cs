using System.Globalization;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>vox2vec's feature pyramid network. On the way up index 0 is the coarsest step, as in the official code.</summary>
internal sealed class Vox2VecFpnEncoder : PyramidEncoder
{
    private readonly ConvLayer first;
    private readonly ModuleList<ModuleList<PreActivationBlock>> left;
    private readonly ModuleList<ConvLayer> down;
    private readonly ModuleList<PreActivationBlock> bottom;
    private readonly ModuleList<ConvLayer> up;
    private readonly ModuleList<ConvLayer> skip;
    private readonly ModuleList<ModuleList<PreActivationBlock>> right;
    private readonly Vox2VecFpnConfig config;

    public Vox2VecFpnEncoder(Vox2VecFpnConfig config, EncoderContext context) : base(nameof(Vox2VecFpnEncoder))
    {
        this.config = config;
        PyramidInfo = config.Describe(context);
        int made = 0, steps = config.NumScales - 1;
        ModuleList<PreActivationBlock> Blocks(int scale) => nn.ModuleList(Block(scale), Block(scale));
        PreActivationBlock Block(int scale) => new(config.Width(scale), config.DropPath * made++ / (config.NumBlocks - 1));
        first = new ConvLayer(context.InChannels, config.BaseChannels, 3);
        left = nn.ModuleList([.. Enumerable.Range(0, steps).Select(Blocks)]);
        down = nn.ModuleList([.. Enumerable.Range(0, steps).Select(i => new ConvLayer(config.Width(i), config.Width(i + 1), 1))]);
        bottom = Blocks(steps);
        up = nn.ModuleList([.. Enumerable.Range(0, steps).Select(i => new ConvLayer(config.Width(steps - i), config.Width(steps - i - 1), 1))]);
        skip = nn.ModuleList([.. Enumerable.Range(0, steps).Select(i => new ConvLayer(config.Width(steps - i - 1), config.Width(steps - i - 1), 1))]);
        right = nn.ModuleList([.. Enumerable.Range(0, steps).Select(i => Blocks(steps - i - 1))]);
        RegisterComponents();
    }

    public override PyramidEncoderInfo PyramidInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = first.call(volumes);
        var kept = new List<Tensor>();
        for (int i = 0; i < left.Count; i++)
        {
            kept.Add(x = Run(left[i], x));
            x = down[i].call(Pooling.Max(x, roundUp: true));
        }
        x = Run(bottom, x);
        var maps = new List<Tensor> { x };
        for (int i = 0; i < up.Count; i++)
        {
            Tensor fine = kept[kept.Count - 1 - i];
            // The map is narrowed before it is enlarged.
            x = Run(right[i], Enlarging.Nearest(up[i].call(x), fine.shape) + skip[i].call(fine));
            maps.Add(x);
        }
        maps.Reverse();
        return new FeaturePyramid([.. maps.Select(map => map.MoveToOuterDisposeScope())]);
    }

    // Blocks are numbered on the way down, at the bottom and on the way up. Layers between scales belong to the block before them.
    public override int LayerOf(string parameterName)
    {
        string[] parts = parameterName.Split('.');
        int steps = config.NumScales - 1;
        return parts[0] switch
        {
            "left" => (2 * Number(1)) + Number(2) + 1,
            "down" => (2 * Number(1)) + 2,
            "bottom" => (2 * steps) + Number(1) + 1,
            "up" or "skip" => (2 * (steps + 1 + Number(1))),
            "right" => (2 * (steps + 1 + Number(1))) + Number(2) + 1,
            _ => 0,
        };

        int Number(int at) => int.Parse(parts[at], CultureInfo.InvariantCulture);
    }

    private Tensor Run(ModuleList<PreActivationBlock> blocks, Tensor x)
    {
        foreach (PreActivationBlock block in blocks) x = RecomputedBlock.Call(block, x, config.CheckpointBlocks);
        return x;
    }
}
