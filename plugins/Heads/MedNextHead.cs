using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>MedNeXt's way up: skips are added.</summary>
internal sealed class MedNextHead : SegmentationHead
{
    private readonly ModuleList<MedNextBlock> up;
    private readonly ModuleList<ModuleList<MedNextBlock>> levels;
    private readonly ConvLayer @out;
    private readonly bool checkpointBlocks;

    public MedNextHead(MedNextConfig config, HeadContext context) : base(nameof(MedNextHead))
    {
        if (config.Problems().Select(problem => problem.Message).FirstOrDefault() is { } wrong) throw new PluginException($"mednext: {wrong}.");
        IReadOnlyList<int> widths = MedNextConfig.Read(context.Encoder);
        checkpointBlocks = config.CheckpointBlocks;
        up = nn.ModuleList([.. Enumerable.Range(0, MedNextConfig.NumSteps).Select(step => new MedNextBlock(config.Up(step, widths)))]);
        levels = nn.ModuleList([.. Enumerable.Range(0, MedNextConfig.NumSteps).Select(step => nn.ModuleList(
            [.. Enumerable.Range(0, config.BlockCounts[step]).Select(_ => new MedNextBlock(config.Block(step, widths)))]))]);
        @out = new ConvLayer(MedNextConfig.Output(widths[0], context.NumClasses));
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<Tensor> maps = ((FeaturePyramid)features).Levels;
        Tensor x = maps[^1];
        for (int step = 0; step < up.Count; step++)
        {
            x = maps[maps.Count - 2 - step] + RecomputedBlock.Call(up[step], x, checkpointBlocks);
            foreach (MedNextBlock block in levels[step]) x = RecomputedBlock.Call(block, x, checkpointBlocks);
        }
        return @out.call(x).MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }
}
