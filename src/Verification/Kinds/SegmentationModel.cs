using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Kinds;

/// <summary>The ViT and UNETR head of a segmentation golden, still with random weights, and its formula input.</summary>
internal sealed class SegmentationModel : IDisposable
{
    private const int VoxelStep = 8;
    private readonly GoldenFile golden;
    private readonly GoldenContext context;
    private readonly int edge;

    /// <summary>Builds the model.</summary>
    /// <param name="golden">Golden with patch size, crop, classes and feature size.</param>
    /// <param name="context">Provides components and device.</param>
    /// <param name="width">Token width of the encoder.</param>
    /// <param name="heads">Attention heads of the encoder.</param>
    /// <param name="mlpRatio">Hidden width of the MLPs, relative to the token width.</param>
    public SegmentationModel(GoldenFile golden, GoldenContext context, long width, long heads, double mlpRatio)
    {
        (this.golden, this.context, edge, Classes) = (golden, context, (int)golden.Int("img_size"), (int)golden.Int("classes"));
        Size3 crop = Size3.Cube(edge);
        // 1e-5 is the epsilon of MONAI's ViT.
        Encoder = context.Create<Encoder>(Slot.Encoder, string.Create(CultureInfo.InvariantCulture, $"""
            plugin = "vit3d"
            embed_dim = {width}
            num_heads = {heads}
            patch_size = {golden.Int("patch_size")}
            mlp_ratio = {mlpRatio}
            norm_eps = 1e-5
            """), new EncoderContext(1, crop, EncoderUse.Segmentation));
        Head = context.Create<SegmentationHead>(Slot.Head, $"""
            plugin = "unetr"
            feature_size = {golden.Int("feature_size")}
            """, new HeadContext(Encoder.Info, crop, Classes));
    }

    public Encoder Encoder { get; }

    public SegmentationHead Head { get; }

    /// <summary>Number of classes of the head, including background.</summary>
    public int Classes { get; }

    /// <summary>All parameters, as <c>encoder.*</c> and <c>head.*</c>.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> Parameters => [.. GradientNorms.Named("encoder", Encoder), .. GradientNorms.Named("head", Head)];

    /// <summary>Class indices by the formula, [1, n, n, n].</summary>
    public Tensor Labels => Formula.Labels(edge, Classes).to(context.Device);

    /// <summary>Moves the model to the device and converts it to float32 or float64.</summary>
    public void To(ScalarType type)
    {
        Encoder.to(type).to(context.Device);
        Head.to(type).to(context.Device);
    }

    /// <summary>Computes the logits of the formula input: [1, K, n, n, n].</summary>
    public Tensor Logits(ScalarType type)
    {
        Tensor volumes = Formula.Input(edge).to(type).to(context.Device);
        return Head.Segment(volumes, Encoder.Encode(volumes, Head.HiddenBlocks));
    }

    /// <summary>Compares logits with those of the golden.</summary>
    public IEnumerable<Deviation> Compare(Tensor logits, double tolerance)
    {
        Tensor some = logits.slice(2, 0, edge, VoxelStep).slice(3, 0, edge, VoxelStep).slice(4, 0, edge, VoxelStep);
        yield return new Deviation("logits, every 8th voxel", golden.Deviation("logits_every_8th_voxel", some), tolerance);
        yield return new Deviation("logits, mean per class", golden.Deviation("logits_mean_per_class", logits.mean([0, 2, 3, 4])), tolerance);
        yield return new Deviation("logits, deviation per class", golden.Deviation("logits_std_per_class", logits.transpose(0, 1).reshape(Classes, -1).std(1)), tolerance);
    }

    public void Dispose()
    {
        Head.Dispose();
        Encoder.Dispose();
    }
}
