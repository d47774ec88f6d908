using HiEndMae.Engine.Data;
using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>The pretext task's loss on random crops.</summary>
internal sealed class PretrainObjective(Encoder encoder, Decoder decoder, IBatchSource batches, double maskRatio, int seed, Device device) : IObjective
{
    public IReadOnlyDictionary<string, nn.Module> Modules { get; } = new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["decoder"] = decoder };

    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; } = TrainedParameters.Of(("encoder", encoder), ("decoder", decoder));

    public int BatchSize => batches.BatchSize;

    public Tensor Loss(int step)
    {
        StepSeed.Set(seed, step);
        return decoder.Loss(encoder, Batch(step));
    }

    /// <summary>The batch of a step; its mask depends on the seed and the step alone.</summary>
    public PretextBatch Batch(int step)
    {
        Tensor volumes = batches.Get(step).ImagesOn(device); // [B, C, X, Y, Z]
        TokenMask? mask = decoder.UsesMask && encoder.Info is TokenEncoderInfo tokens
            ? RandomMasking.Create(batches.BatchSize, (int)tokens.Grid.Count, maskRatio, seed, step, device)
            : null;
        return new PretextBatch(volumes, mask);
    }
}
