using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>HySparK: each level is concatenated, and two convolutions restore the number of channels.</summary>
/// <remarks>
/// Source: FengheTan9/HySparK, models/decoder.py and hyspark.py. The official code also has convolutions for the coarsest level, a projection, and a
/// mask token of stride 1. Nothing uses them, so they are left out. The official code uses one mask for all samples of a batch. Here each sample has its own mask, as in the paper.
/// </remarks>
internal sealed class HySparkTask : SparseReconstruction
{
    private readonly ModuleList<HySparkStep> dec;
    private readonly ModuleList<HySparkConvs> fuse;
    private readonly ConvLayer proj;

    public HySparkTask(HySparkConfig config, DecoderContext context) : this(config, SparseShape.Of(context, "hyspark", config.DecoderWidth))
    {
    }

    public HySparkTask(HySparkConfig config, SparseShape shape) : base(nameof(HySparkTask), shape, config.DecoderWidth, DensifyNorm.None)
    {
        int width = config.DecoderWidth;
        dec = nn.ModuleList([.. Enumerable.Range(0, shape.Steps).Select(i => new HySparkStep(width >> i))]);
        fuse = nn.ModuleList([.. Enumerable.Range(1, shape.Widths.Count - 1).Select(i => new HySparkConvs(2 * (width >> i), width >> i))]);
        proj = new ConvLayer(width >> shape.Steps, shape.InChannels, 1);
        RegisterComponents();
    }

    protected override Tensor Decode(IReadOnlyList<Tensor> maps)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = maps[0];
        for (int i = 0; i < dec.Count; i++)
        {
            if (i > 0 && i < maps.Count) x = fuse[i - 1].call(cat([x, maps[i]], 1));
            x = dec[i].call(x);
        }
        return proj.call(x).MoveToOuterDisposeScope();
    }
}
