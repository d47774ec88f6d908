using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Restores transformed crops with one convolution on the finest level of a U-Net.</summary>
/// <remarks>Source: MrGiovanni/ModelsGenesis, pytorch/Genesis_Chest_CT.py and utils.py.</remarks>
internal sealed class ModelsGenesisTask : PretextTask
{
    private const int SmallestSide = 16;
    private readonly ModelsGenesisConfig config;
    private readonly ConvLayer final_conv;

    public ModelsGenesisTask(ModelsGenesisConfig config, DecoderContext context) : base(nameof(ModelsGenesisTask))
    {
        this.config = config;
        PyramidLevel finest = Finest(context);
        final_conv = new ConvLayer(finest.Channels, context.Encoder.InChannels, 1);
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        // The seed comes from the CPU's generator, which the engine seeds for each batch, on every device.
        (Tensor target, Tensor damaged) = Damage(batch.Volumes, (ulong)randint(long.MaxValue, [1], ScalarType.Int64, CPU).item<long>());
        return Error(Logits(encoder, damaged), target).MoveToOuterDisposeScope();
    }

    public override Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor _, Tensor damaged) = Damage(batch.Volumes, seed: 0);
        return new Reconstruction(damaged.MoveToOuterDisposeScope(), Logits(encoder, damaged).sigmoid().MoveToOuterDisposeScope());
    }

    /// <summary>Mean squared error between the sigmoid of the output and the crop.</summary>
    public static Tensor Error(Tensor logits, Tensor target)
    {
        using DisposeScope scope = NewDisposeScope();
        return Difference(logits.sigmoid(), target).MoveToOuterDisposeScope();
    }

    /// <summary>Mean squared difference.</summary>
    public static Tensor Difference(Tensor restored, Tensor target) => (restored - target).square().mean();

    /// <summary>Returns the encoder level that the task uses.</summary>
    /// <param name="context">The encoder and the crop.</param>
    /// <param name="task">Name of the task in messages.</param>
    /// <exception cref="PluginException">The encoder or the crop does not fit.</exception>
    internal static PyramidLevel Finest(DecoderContext context, string task = "models-genesis")
    {
        if (context.Encoder is not PyramidEncoderInfo { IsTopDown: true } info || info.Levels[0].Stride != Size3.Cube(1))
            throw new PluginException($"{task} needs an encoder whose finest level has the size of the crop; use one such as unet3d.");
        Size3 crop = context.CropSize;
        if (Math.Min(crop.X, Math.Min(crop.Y, crop.Z)) < SmallestSide) throw new PluginException($"{task} paints boxes that do not fit into a crop of {crop}; use sides of at least {SmallestSide}.");
        return info.Levels[0];
    }

    private Tensor Logits(Encoder encoder, Tensor volumes) => final_conv.call(((FeaturePyramid)encoder.Encode(volumes, [])).Levels[0]);

    // Returns the flipped crops and their transformed copies. Runs on the CPU with one thread per crop.
    private (Tensor Target, Tensor Damaged) Damage(Tensor volumes, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        int samples = (int)volumes.shape[0], channels = (int)volumes.shape[1];
        var size = new Size3((int)volumes.shape[2], (int)volumes.shape[3], (int)volumes.shape[4]);
        int length = channels * (int)size.Count;
        float[] given = volumes.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray(), target = new float[given.Length], damaged = new float[given.Length];
        Parallel.For(0, samples, sample =>
        {
            var random = new SplitMix64(SplitMix64.Mix(seed + (ulong)sample));
            Span<float> flipped = target.AsSpan(sample * length, length);
            given.AsSpan(sample * length, length).CopyTo(flipped);
            GenesisDamage.Flip(flipped, size, config.FlipProbability, ref random);
            GenesisDamage.Damage(flipped, damaged.AsSpan(sample * length, length), size, config, ref random);
        });
        return (tensor(target, volumes.shape).to(volumes.device).MoveToOuterDisposeScope(), tensor(damaged, volumes.shape).to(volumes.device).MoveToOuterDisposeScope());
    }
}
