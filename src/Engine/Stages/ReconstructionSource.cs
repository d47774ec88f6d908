using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Reconstructs one and the same crop, which training does not see before its end.</summary>
/// <param name="encoder">In evaluation mode.</param>
/// <param name="decoder">In evaluation mode.</param>
/// <param name="objective">Gives the crop and its mask.</param>
/// <param name="batch">The batch whose first crop is shown.</param>
internal sealed class ReconstructionSource(Encoder encoder, Decoder decoder, PretrainObjective objective, int batch) : IDisposable
{
    private PretextBatch? crop;

    /// <summary>The reconstruction by the model as it is; null for tasks that reconstruct nothing.</summary>
    public ReconstructionExample? Reconstruct()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        // Kept, so that pictures along a training show one crop, and batches are not asked for out of order again.
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
