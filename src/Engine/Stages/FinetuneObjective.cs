using HiEndMae.Engine.Augmentation;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Dice and cross-entropy of a segmentation head on labelled crops, of classes or of regions.</summary>
internal sealed class FinetuneObjective(
    Encoder encoder, SegmentationHead head, bool isFrozen, DatasetInfo info, FinetuneConfig config, IBatchSource batches, int seed, Device device) : IObjective
{
    private const string EncoderPrefix = "encoder";
    private readonly Tensor? membership = info.Regions.Count > 0 ? DiceBceLoss.Membership(info, device) : null;
    private readonly Augmenter augmenter = new(config.Data.Augment, config.Data.SpacingMm, seed);
    private readonly int lastLayer = encoder.named_parameters().Select(entry => encoder.LayerOf(entry.name)).DefaultIfEmpty(0).Max();

    public IReadOnlyDictionary<string, nn.Module> Modules { get; } = new Dictionary<string, nn.Module> { [EncoderPrefix] = encoder, ["head"] = head };

    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; } =
        isFrozen ? TrainedParameters.Of(("head", head)) : TrainedParameters.Of((EncoderPrefix, encoder), ("head", head));

    public int BatchSize => batches.BatchSize;

    public TimeSpan DataWait => batches.DataWait;

    public Tensor Loss(int batch)
    {
        StepSeed.Set(seed, batch);
        CropBatch crops = batches.Get(batch);
        (Tensor volumes, Tensor? moved) = augmenter.Apply(crops.ImagesOn(device), crops.LabelsOn(device), batch); // [B, C, X, Y, Z]
        Tensor labels = moved!; // [B, X, Y, Z]
        Tensor logits = head.Segment(volumes, Encode(volumes)); // [B, K, X, Y, Z]
        return membership is null ? DiceCeLoss.Compute(logits, labels, info.HasIgnored) : DiceBceLoss.Compute(logits, labels, membership);
    }

    // As in BEiT (arXiv:2106.08254) and MAE: the last norm and the head have the full rate, and each block has a fixed part of the rate of the block after it.
    public double LrScaleOf(string parameter) => parameter.StartsWith(EncoderPrefix + ".", StringComparison.Ordinal)
        ? config.EncoderLrScale * Math.Pow(config.LayerDecay, lastLayer - encoder.LayerOf(parameter[(EncoderPrefix.Length + 1)..]))
        : 1;

    public IReadOnlyList<string> CasesOf(int batch) => batches.CasesOf(batch);

    public IReadOnlyList<CropSummary> Describe(int batch)
    {
        using DisposeScope scope = NewDisposeScope();
        return CropSummary.Of(batches.Get(batch).ImagesOn(device), batches.CasesOf(batch));
    }

    private EncoderFeatures Encode(Tensor volumes)
    {
        if (!isFrozen) return encoder.Encode(volumes, head.HiddenBlocks);
        using IDisposable noGrad = no_grad();
        return encoder.Encode(volumes, head.HiddenBlocks);
    }
}
