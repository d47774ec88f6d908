using HiEndMae.Engine.Data;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Dice and cross-entropy of a segmentation head on labelled crops.</summary>
internal sealed class FinetuneObjective(Encoder encoder, SegmentationHead head, IBatchSource batches, int seed, Device device) : IObjective
{
    public IReadOnlyDictionary<string, nn.Module> Modules { get; } = new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["head"] = head };

    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; } =
        head.FreezesEncoder ? TrainedParameters.Of(("head", head)) : TrainedParameters.Of(("encoder", encoder), ("head", head));

    public int BatchSize => batches.BatchSize;

    public Tensor Loss(int step)
    {
        StepSeed.Set(seed, step);
        CropBatch batch = batches.Get(step);
        Tensor volumes = batch.ImagesOn(device); // [B, C, X, Y, Z]
        Tensor labels = batch.LabelsOn(device); // [B, X, Y, Z]
        Tensor logits = head.Segment(volumes, Encode(volumes)); // [B, K, X, Y, Z]
        return DiceCeLoss.Compute(logits, labels);
    }

    private EncoderFeatures Encode(Tensor volumes)
    {
        if (!head.FreezesEncoder) return encoder.Encode(volumes, head.HiddenBlocks);
        using IDisposable noGrad = no_grad();
        return encoder.Encode(volumes, head.HiddenBlocks);
    }
}
