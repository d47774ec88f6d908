using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A pre-training task that learns from batches without labels. It computes its own loss. An experiment selects it in <c>[pretrain.decoder]</c>.</summary>
/// <remarks>
/// An implementation has one constructor, <c>(TConfig config, DecoderContext context)</c>. State that a task keeps between steps must be a
/// parameter or a persistent buffer of the task. Checkpoints then hold it, and a resumed run continues exactly. A teacher is a submodule whose parameters need no gradient; the optimiser
/// does not change it.
/// </remarks>
public abstract class PretextTask : nn.Module
{
    /// <summary>Creates the module.</summary>
    protected PretextTask(string name) : base(name)
    {
    }

    /// <summary>Whether the task needs a random token mask (<see cref="PretextBatch.Mask"/>).</summary>
    public virtual bool UsesMask => false;

    /// <summary>Computes the loss of a batch.</summary>
    /// <returns>A scalar with a gradient.</returns>
    /// <remarks>The task runs the encoder itself and decides what the encoder sees. It must not wait for the device. The generators of libtorch are seeded from the run's seed and the
    /// number of the batch, so that draws do not depend on earlier calls.</remarks>
    public abstract Tensor Loss(Encoder encoder, PretextBatch batch);

    /// <summary>Called after the backward pass of a step and before the update, to drop or scale gradients. In float16 the gradients are still multiplied by <see cref="StepInfo.LossScale"/>.</summary>
    public virtual void GradientsReady(Encoder encoder, in StepInfo step)
    {
    }

    /// <summary>Called after an update was applied, for example to move a teacher or a queue. Not called if the loss or a gradient was NaN or infinite.</summary>
    public virtual void Updated(Encoder encoder, in StepInfo step)
    {
    }

    /// <summary>Reconstructs a batch for pictures. Returns null if the task reconstructs nothing.</summary>
    public virtual Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch) => null;
}
