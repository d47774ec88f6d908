using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Three heads on the coarsest map of the encoder: rotations, embeddings and restored voxels.</summary>
/// <remarks>Source: Project-MONAI/research-contributions, SwinUNETR/Pretrain: <c>models/ssl_head.py</c>, <c>losses/loss.py</c>, <c>utils/ops.py</c>.</remarks>
internal sealed class SupTask : PretextTask
{
    private const int NumTurns = 4;
    private const double Slope = 0.01;
    private readonly SupConfig config;
    private readonly Linear rotation;
    private readonly Linear contrastive;
    private readonly ModuleList<ConvLayer> reconstruction;

    public SupTask(SupConfig config, DecoderContext context) : this(config, SupShape.Of(config, context))
    {
    }

    public SupTask(SupConfig config, SupShape shape) : base(nameof(SupTask))
    {
        this.config = config;
        rotation = nn.Linear(shape.Width, NumTurns);
        contrastive = nn.Linear(shape.Width, config.EmbeddingSize);
        int[] widths = [shape.Width, .. shape.Widths];
        reconstruction = nn.ModuleList<ConvLayer>([.. widths.Zip(widths.Skip(1), (inputs, outputs) => new ConvLayer(inputs, outputs, 3)), new ConvLayer(widths[^1], shape.InChannels, 1)]);
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        // The seed comes from the CPU's generator, which the engine seeds for each batch, on every device.
        SupViews views = SupViews.Draw(batch.Volumes, config, (ulong)randint(long.MaxValue, [1], ScalarType.Int64, CPU).item<long>());
        // Both views in one pass: no layer of a Swin Transformer mixes samples.
        SupOutputs outputs = Heads(Coarsest(encoder, views.Damaged));
        SupLosses losses = Losses(outputs, views.Turned, views.Turns);
        batch.Note("rotation", losses.Rotation);
        batch.Note("contrastive", losses.Contrastive);
        batch.Note("reconstruction", losses.Reconstruction);
        return losses.Total.MoveToOuterDisposeScope();
    }

    public override Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        SupViews views = SupViews.Draw(batch.Volumes, config, seed: 0);
        long samples = batch.Volumes.shape[0];
        Tensor damaged = views.Damaged.narrow(0, 0, samples), restored = Heads(Coarsest(encoder, damaged)).Restored;
        return new Reconstruction(damaged.MoveToOuterDisposeScope(), restored.MoveToOuterDisposeScope());
    }

    /// <summary>Runs the heads on the coarsest map of both views.</summary>
    /// <param name="map">[2B, W, x, y, z].</param>
    public SupOutputs Heads(Tensor map)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = map.flatten(2); // [2B, W, N], z-fastest
        Tensor turns = rotation.call(tokens.select(2, 0)), embeddings = contrastive.call(tokens.select(2, 1)), x = map;
        foreach (ConvLayer layer in reconstruction.SkipLast(1))
            x = nn.functional.interpolate(Nn.InstanceNorm.Apply(layer.call(x), slope: Slope), scale_factor: [2, 2, 2], mode: InterpolationMode.Trilinear, align_corners: false);
        return new SupOutputs(turns.MoveToOuterDisposeScope(), embeddings.MoveToOuterDisposeScope(), reconstruction[^1].call(x).MoveToOuterDisposeScope());
    }

    /// <summary>Computes the losses of both views.</summary>
    /// <param name="outputs">Outputs of the heads.</param>
    /// <param name="turned">[2B, C, X, Y, Z], the rotated views before they were damaged.</param>
    /// <param name="turns">[2B] int64, number of quarter turns.</param>
    public SupLosses Losses(SupOutputs outputs, Tensor turned, Tensor turns)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rotated = nn.functional.cross_entropy(outputs.Turns, turns), contrast = Contrast(outputs.Embeddings, config.Temperature), restored = nn.functional.l1_loss(outputs.Restored, turned);
        Tensor total = (config.RotationWeight * rotated) + (config.ContrastiveWeight * contrast) + (config.ReconstructionWeight * restored);
        return new SupLosses(rotated.MoveToOuterDisposeScope(), contrast.MoveToOuterDisposeScope(), restored.MoveToOuterDisposeScope(), total.MoveToOuterDisposeScope());
    }

    /// <summary>NT-Xent: for each view, the other view of the same crop is classified among all other views by cosine similarity.</summary>
    /// <param name="embeddings">[2B, E], all first views before all second ones.</param>
    /// <param name="temperature">Divides the cosines.</param>
    public static Tensor Contrast(Tensor embeddings, double temperature)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor unit = nn.functional.normalize(embeddings, dim: 1);
        long count = unit.shape[0];
        Tensor logits = unit.matmul(unit.transpose(0, 1)) / temperature;
        logits = logits.masked_fill(eye(count, dtype: ScalarType.Bool, device: logits.device), float.NegativeInfinity);
        Tensor partners = arange(count, device: logits.device).add(count / 2).remainder(count);
        return nn.functional.cross_entropy(logits, partners).MoveToOuterDisposeScope();
    }

    private static Tensor Coarsest(Encoder encoder, Tensor volumes) => ((FeaturePyramid)encoder.Encode(volumes, [])).Levels[^1];
}
