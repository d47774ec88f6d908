using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Classifies crops on the coarsest level of a U-Net, and restores their transformed copies on the finest.</summary>
/// <remarks>Source: fhaghighi/TransVW, pytorch/train.py and pytorch/models/ynet3d.py. The target of the restoration is the crop before the elastic deformation.</remarks>
internal sealed class TransVwTask : PretextTask
{
    private readonly TransVwConfig config;
    private readonly ConvLayer final_conv;
    private readonly TransVwHead? classifier;

    public TransVwTask(TransVwConfig config, DecoderContext context) : base(nameof(TransVwTask))
    {
        this.config = config;
        (PyramidLevel finest, PyramidLevel coarsest) = LevelsOf(config, context);
        final_conv = new ConvLayer(finest.Channels, context.Encoder.InChannels, 1);
        if (config.Words is not null) classifier = new TransVwHead(coarsest.Channels, config.ClassChannels, config.NumWords);
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        // The seed comes from the CPU's generator, which the engine seeds for each batch, on every device.
        Tensor damaged = Damage(batch.Volumes, (ulong)randint(long.MaxValue, [1], ScalarType.Int64, CPU).item<long>());
        IReadOnlyList<Tensor> levels = ((FeaturePyramid)encoder.Encode(damaged, [])).Levels;
        Tensor restored = final_conv.call(levels[0]).sigmoid();
        if (classifier is null) return (config.RestorationWeight * ModelsGenesisTask.Difference(restored, batch.Volumes)).MoveToOuterDisposeScope();
        TransVwLosses losses = TransVwLosses.Of(classifier.call(levels[^1]), batch.Classes ?? throw new InvalidOperationException("The crops of this batch have no classes."), restored, batch.Volumes, config);
        batch.Note("classification", losses.Classification);
        batch.Note("restoration", losses.Restoration);
        return losses.Total.MoveToOuterDisposeScope();
    }

    public override Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor damaged = Damage(batch.Volumes, seed: 0);
        Tensor restored = final_conv.call(((FeaturePyramid)encoder.Encode(damaged, [])).Levels[0]).sigmoid();
        return new Reconstruction(damaged.MoveToOuterDisposeScope(), restored.MoveToOuterDisposeScope());
    }

    /// <summary>Returns the levels that the task reads.</summary>
    /// <exception cref="PluginException">The encoder or the crop does not fit.</exception>
    internal static (PyramidLevel Finest, PyramidLevel Coarsest) LevelsOf(TransVwConfig config, DecoderContext context)
    {
        PyramidLevel finest = ModelsGenesisTask.Finest(context, "transvw"), coarsest = ((PyramidEncoderInfo)context.Encoder).Levels[^1];
        (Size3 crop, Size3 stride) = (context.CropSize, coarsest.Stride);
        if (config.Words is not null && crop.X <= stride.X && crop.Y <= stride.Y && crop.Z <= stride.Z)
            throw new PluginException($"transvw normalises the coarsest level by the statistics of the batch, and a crop of {crop} has a single voxel there; make one side at least {2 * stride.X}.");
        return (finest, coarsest);
    }

    // Returns transformed copies. Runs on the CPU with one thread per crop.
    private Tensor Damage(Tensor volumes, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        int samples = (int)volumes.shape[0], channels = (int)volumes.shape[1];
        var size = new Size3((int)volumes.shape[2], (int)volumes.shape[3], (int)volumes.shape[4]);
        int length = channels * (int)size.Count;
        float[] given = volumes.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray(), damaged = new float[given.Length];
        Parallel.For(0, samples, sample =>
        {
            var random = new SplitMix64(SplitMix64.Mix(seed + (ulong)sample));
            TransVwDamage.Apply(given.AsSpan(sample * length, length), damaged.AsSpan(sample * length, length), size, config, ref random);
        });
        return tensor(damaged, volumes.shape).to(volumes.device).MoveToOuterDisposeScope();
    }
}
