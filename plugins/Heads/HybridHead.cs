using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>HySparK's decoder.</summary>
/// <remarks>The official fine-tuning code creates the last step up twice and never calls the second. It exists here too, so that checkpoints can be exchanged completely. It gets no gradient.</remarks>
internal sealed class HybridHead : SegmentationHead
{
    private readonly ModuleList<HybridStep> steps;
    private readonly MedNextBlock unused;
    private readonly ConvLayer @out;
    private readonly bool checkpointBlocks;

    public HybridHead(HybridConfig config, HeadContext context) : base(nameof(HybridHead))
    {
        if (config.Problems().Select(problem => problem.Message).FirstOrDefault() is { } wrong) throw new PluginException($"hybrid: {wrong}.");
        IReadOnlyList<(MedNextShape Skip, MedNextShape Up)> shapes = config.Steps(context.Encoder);
        checkpointBlocks = config.CheckpointBlocks;
        steps = nn.ModuleList([.. shapes.Select(shape => new HybridStep(shape.Skip, shape.Up))]);
        unused = new MedNextBlock(shapes[^1].Up);
        @out = new ConvLayer(config.NumChannels, context.NumClasses, 1);
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<Tensor> maps = ((FeaturePyramid)features).Levels;
        Tensor x = maps[^1];
        for (int step = 0; step < steps.Count; step++) x = RecomputedBlock.Call(steps[step], x, maps[maps.Count - 2 - step], checkpointBlocks);
        return @out.call(x).MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }
}
