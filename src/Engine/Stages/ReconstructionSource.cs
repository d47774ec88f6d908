using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Reconstructs the same crop each time, one that the training does not use.</summary>
/// <param name="encoder">Encoder in evaluation mode.</param>
/// <param name="decoder">Pretext task in evaluation mode.</param>
/// <param name="objective">Source of the crop and its mask.</param>
/// <param name="batch">Number of the batch whose first crop is shown.</param>
internal sealed class ReconstructionSource(Encoder encoder, PretextTask decoder, PretrainObjective objective, int batch) : IDisposable
{
    private PretextBatch? crop;

    /// <summary>The reconstruction by the model in its current state; null for tasks that reconstruct nothing.</summary>
    public ReconstructionExample? Reconstruct()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        // The crop is cut once, so that all pictures show the same crop and batches are requested from the loader in order.
        crop ??= objective.First(batch);
        if (decoder.Reconstruct(encoder, crop) is not { } reconstruction) return null;
        return new ReconstructionExample(First(crop.Volumes), First(reconstruction.Masked), First(reconstruction.Volumes));
    }

    public void Dispose()
    {
        crop?.Volumes.Dispose();
        crop?.Mask?.Dispose();
    }

    // The first channel of the first crop.
    private static float[] First(Tensor volumes) => volumes[0][0].cpu().contiguous().data<float>().ToArray();
}
