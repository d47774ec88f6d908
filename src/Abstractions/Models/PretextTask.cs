using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A pretext task: what is learned from a batch without labels. It owns its loss. An experiment names it in <c>[pretrain.decoder]</c>.</summary>
/// <remarks>
/// An implementation has one constructor, <c>(TConfig config, DecoderContext context)</c>. All that a task must remember is a parameter or a persistent buffer of its own: then
/// checkpoints hold it, and a resumed run goes on exactly. A teacher is a submodule whose parameters need no gradient; the optimiser leaves it alone.
/// </remarks>
public abstract class PretextTask : nn.Module
{
    /// <summary>Creates the module.</summary>
    protected PretextTask(string name) : base(name)
    {
    }

    /// <summary>Whether the task wants a random token mask (<see cref="PretextBatch.Mask"/>).</summary>
    public virtual bool UsesMask => false;

    /// <summary>The loss of a batch, a scalar with gradient.</summary>
    /// <remarks>Runs the encoder itself, so that it sees only what the task lets it see. No device synchronisation. libtorch's generators are seeded by the run and the number of the
    /// batch, so what is drawn from them does not depend on earlier calls.</remarks>
    public abstract Tensor Loss(Encoder encoder, PretextBatch batch);

    /// <summary>Called after the backward pass of a step and before its update, to drop or scale gradients. With 16-bit floats they are still multiplied by the loss scale.</summary>
    public virtual void GradientsReady(Encoder encoder, in StepInfo step)
    {
    }

    /// <summary>Called after an update was applied: teachers follow, queues move. Not called for a step whose loss or gradient was NaN or infinite.</summary>
    public virtual void Updated(Encoder encoder, in StepInfo step)
    {
    }

    /// <summary>What the task reconstructs, to look at; null for tasks that reconstruct nothing.</summary>
    public virtual Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch) => null;
}
