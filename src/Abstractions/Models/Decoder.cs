using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A pre-training task that learns from batches without labels. It computes its own loss.</summary>
/// <remarks>An implementation has one constructor, <c>(TConfig config, DecoderContext context)</c>.</remarks>
public abstract class Decoder : nn.Module
{
    /// <summary>Creates the module.</summary>
    protected Decoder(string name) : base(name)
    {
    }

    /// <summary>Whether the task needs a random token mask (<see cref="PretextBatch.Mask"/>).</summary>
    public abstract bool UsesMask { get; }

    /// <summary>Computes the loss of a batch.</summary>
    /// <returns>A scalar with a gradient.</returns>
    /// <remarks>The task runs the encoder itself and decides what the encoder sees. It must not synchronise with the device.</remarks>
    public abstract Tensor Loss(Encoder encoder, PretextBatch batch);

    /// <summary>Reconstructs a batch for pictures. Returns null if the task reconstructs nothing.</summary>
    public virtual Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch) => null;
}
