using HiEndMae.Engine.Augmentation;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Schedules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>The pretext task's loss on random crops.</summary>
/// <param name="encoder">The encoder.</param>
/// <param name="decoder">The pretext task.</param>
/// <param name="batches">Crops.</param>
/// <param name="config">Mask ratio, augmentations, batches of a step.</param>
/// <param name="length">Steps of the training.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="device">Device of the model.</param>
/// <param name="hasPlaces">Whether crops have given places, and so classes.</param>
internal sealed class PretrainObjective(
    Encoder encoder, PretextTask decoder, IBatchSource batches, PretrainConfig config, TrainingLength length, int seed, Device device, bool hasPlaces = false) : IObjective, IDisposable
{
    private readonly Augmenter augmenter = new(config.Data.Augment, config.Data.SpacingMm, seed);
    private readonly LossTerms terms = new();

    public IReadOnlyDictionary<string, nn.Module> Modules { get; } = new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["decoder"] = decoder };

    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; } = TrainedParameters.Of(("encoder", encoder), ("decoder", decoder));

    public int BatchSize => batches.BatchSize;

    public TimeSpan DataWait => batches.DataWait;

    public Tensor Loss(int batch)
    {
        StepSeed.Set(seed, batch);
        CropBatch crops = batches.Get(batch);
        Tensor images = augmenter.Apply(crops.ImagesOn(device), null, batch).Images;
        return decoder.Loss(encoder, new PretextBatch(images, Mask(batch, batches.BatchSize)) { Step = At(batch / config.GradAccumulation), Classes = hasPlaces ? crops.ClassesOn(device) : null, Terms = terms.Note, Masks = Masks(batch, batches.BatchSize) });
    }

    public LossTerms Terms => terms;

    public void GradientsReady(int step, double lossScale) => decoder.GradientsReady(encoder, At(step) with { LossScale = lossScale });

    public void Updated(int step) => decoder.Updated(encoder, At(step));

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
        if (Mask(batch, 1) is not { } mask) return new PretextBatch(volume, null) { Masks = Masks(batch, 1) };
        foreach (Tensor part in (Tensor[])[mask.Shuffle, mask.Restore, mask.Visible, mask.Hidden]) part.DetachFromDisposeScope();
        return new PretextBatch(volume, mask) { Masks = Masks(batch, 1) };
    }

    public void Dispose() => terms.Dispose();

    private StepInfo At(int step) => new(step, length.Steps);

    private Func<int, int, TokenMask> Masks(int batch, int samples) => (cells, visible) => RandomMasking.Draw(samples, cells, visible, seed, batch, device);

    // Depends only on the seed and the number of the batch.
    private TokenMask? Mask(int batch, int samples) => RandomMasking.For(encoder, decoder, samples, config.MaskRatio, seed, batch, device);
}
