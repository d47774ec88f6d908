using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>GVSL: the first half of the crops is damaged and restored, and the second half is registered with it.</summary>
/// <remarks>Source: YutingHe-list/GVSL, PyTorch/Train_GVSL.py. The official code takes one pair at a time.</remarks>
internal sealed class GvslTask : PretextTask
{
    private readonly GvslConfig config;
    private readonly GvslHeads heads;

    public GvslTask(GvslConfig config, DecoderContext context) : base(nameof(GvslTask))
    {
        this.config = config;
        GvslShape shape = GvslShape.Of(context);
        heads = new GvslHeads(config, shape.Bottom.Channels, shape.Finest.Channels, shape.InChannels);
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        if (batch.Volumes.shape[0] % 2 != 0) throw GvslShape.Odd(batch.Volumes.shape[0]);
        // The seed comes from the CPU's generator, which the engine seeds for each batch, on every device.
        (Tensor one, Tensor damaged, Tensor other) = Pairs(batch.Volumes, (ulong)randint(long.MaxValue, [1], ScalarType.Int64, CPU).item<long>());
        IReadOnlyList<Tensor> ofOne = ((FeaturePyramid)encoder.Encode(damaged, [])).Levels, ofOther = ((FeaturePyramid)encoder.Encode(other, [])).Levels;
        GvslOutputs outputs = heads.Run(ofOne[^1], ofOne[0], ofOther[^1], ofOther[0], other);
        var losses = new GvslLosses(GvslLosses.Dissimilarity(outputs.Warped, one), nn.functional.mse_loss(outputs.Restored, one), GvslLosses.Roughness(outputs.Flow));
        batch.Note("correlation", losses.Correlation);
        batch.Note("restoration", losses.Restoration);
        batch.Note("smoothness", losses.Smoothness);
        return losses.Total(config).MoveToOuterDisposeScope();
    }

    public override Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor damaged = Damaged(batch.Volumes, seed: 0);
        Tensor restored = heads.Restore(((FeaturePyramid)encoder.Encode(damaged, [])).Levels[0]);
        return new Reconstruction(damaged.MoveToOuterDisposeScope(), restored.MoveToOuterDisposeScope());
    }

    // [B/2, C, X, Y, Z] each: the first crops, their damaged copies and the second crops, deformed alike.
    private (Tensor One, Tensor Damaged, Tensor Other) Pairs(Tensor volumes, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var random = new SplitMix64(seed);
        using var generator = new Generator(seed, volumes.device);
        long pairs = volumes.shape[0] / 2;
        Tensor one = volumes.narrow(0, 0, pairs), damaged = Damaged(one, random.NextBits()), other = volumes.narrow(0, pairs, pairs);
        var deformed = new Tensor[pairs];
        for (int pair = 0; pair < pairs; pair++)
            deformed[pair] = GvslDeformation.Draw(volumes, config, ref random, generator).Apply(stack([one[pair], damaged[pair], other[pair]]));
        Tensor all = stack(deformed); // [B/2, 3, C, X, Y, Z]
        return (all.select(1, 0).MoveToOuterDisposeScope(), all.select(1, 1).MoveToOuterDisposeScope(), all.select(1, 2).MoveToOuterDisposeScope());
    }

    // Runs on the CPU with one thread per crop.
    private Tensor Damaged(Tensor volumes, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        int samples = (int)volumes.shape[0];
        var size = new Size3((int)volumes.shape[2], (int)volumes.shape[3], (int)volumes.shape[4]);
        int length = (int)(volumes.shape[1] * size.Count);
        float[] given = volumes.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray(), damaged = new float[given.Length];
        Parallel.For(0, samples, sample =>
        {
            var random = new SplitMix64(SplitMix64.Mix(seed + (ulong)sample));
            GvslDamage.Apply(given.AsSpan(sample * length, length), damaged.AsSpan(sample * length, length), size, config, ref random);
        });
        return tensor(damaged, volumes.shape).to(volumes.device).MoveToOuterDisposeScope();
    }
}
