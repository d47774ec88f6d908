using HiEndMae.Engine.Augmentation;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>The pretext task's loss on random crops.</summary>
internal sealed class PretrainObjective(Encoder encoder, Decoder decoder, IBatchSource batches, PretrainConfig config, int seed, Device device) : IObjective
{
    private readonly Augmenter augmenter = new(config.Data.Augment, config.Data.SpacingMm, seed);

    public IReadOnlyDictionary<string, nn.Module> Modules { get; } = new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["decoder"] = decoder };

    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; } = TrainedParameters.Of(("encoder", encoder), ("decoder", decoder));

    public int BatchSize => batches.BatchSize;

    public TimeSpan DataWait => batches.DataWait;

    public Tensor Loss(int batch)
    {
        StepSeed.Set(seed, batch);
        return decoder.Loss(encoder, new PretextBatch(augmenter.Apply(batches.Get(batch).ImagesOn(device), null, batch).Images, Mask(batch, batches.BatchSize)));
    }

    public IReadOnlyList<string> CasesOf(int batch) => batches.CasesOf(batch);

    public IReadOnlyList<CropSummary> Describe(int batch)
    {
        using DisposeScope scope = NewDisposeScope();
        return CropSummary.Of(batches.Get(batch).ImagesOn(device), batches.CasesOf(batch));
    }

    /// <summary>The first crop of a batch. The caller disposes it: it belongs to no dispose scope.</summary>
    public PretextBatch First(int batch)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor volume = batches.Get(batch).ImagesOn(device).narrow(0, 0, 1).clone().DetachFromDisposeScope(); // [1, C, X, Y, Z]
        if (Mask(batch, 1) is not { } mask) return new PretextBatch(volume, null);
        foreach (Tensor part in (Tensor[])[mask.Shuffle, mask.Restore, mask.Visible, mask.Hidden]) part.DetachFromDisposeScope();
        return new PretextBatch(volume, mask);
    }

    // Depends only on the seed and the number of the batch.
    private TokenMask? Mask(int batch, int samples) => RandomMasking.For(encoder, decoder, samples, config.MaskRatio, seed, batch, device);
}
