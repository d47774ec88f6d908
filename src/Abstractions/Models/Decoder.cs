using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A pretext task: what is learned from a batch without labels. It owns its loss.</summary>
/// <remarks>An implementation has one constructor, <c>(TConfig config, DecoderContext context)</c>.</remarks>
public abstract class Decoder : nn.Module
{
    /// <summary>Creates the module.</summary>
    protected Decoder(string name) : base(name)
    {
    }

    /// <summary>Whether the task wants a random token mask (<see cref="PretextBatch.Mask"/>).</summary>
    public abstract bool UsesMask { get; }

    /// <summary>The loss of a batch, a scalar with gradient.</summary>
    /// <remarks>Runs the encoder itself, so that it sees only what the task lets it see. No device synchronisation.</remarks>
    public abstract Tensor Loss(Encoder encoder, PretextBatch batch);

    /// <summary>What the task reconstructs, to look at; null for tasks that reconstruct nothing.</summary>
    public virtual Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch) => null;
}
