using HiEndMae.Engine.Collectives;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>An optimiser whose step does everything between gradients and new weights in one call.</summary>
/// <remarks>
/// A step of training: <see cref="ZeroGrad"/>, backward once per micro-batch (gradients add up; divide the losses by their number),
/// <see cref="Step"/>. Start from weights that are loaded already: averages begin with the weights at construction.
/// </remarks>
public interface IOptimizer : IDisposable
{
    /// <summary>Number of applied updates, for bias corrections. Checkpoints must store it.</summary>
    long NumSteps { get; set; }

    /// <summary>Moments and averages by name, such as <c>first.encoder.norm.weight</c>. These are live tensors: copy from and to them.</summary>
    IReadOnlyDictionary<string, Tensor> State { get; }

    /// <summary>Moving averages of the weights by parameter name; empty if none are kept. They are part of <see cref="State"/> as <c>average.NAME</c>.</summary>
    IReadOnlyDictionary<string, Tensor> Averages { get; }

    /// <summary>Clears all gradients.</summary>
    void ZeroGrad();

    /// <summary>Computes the gradient norm, checks it, unscales and clips gradients, and updates weights and averages. Synchronises with the device.</summary>
    /// <returns>The norm, and whether the update was applied. If a gradient is NaN or infinite, nothing changes.</returns>
    StepResult Step(in StepRequest request);

    /// <summary>Removes the gradients of the batches so far from the parameters, which have no gradients afterwards.</summary>
    /// <returns>The gradients. Pass them to <see cref="AddGradients"/> later, and dispose them.</returns>
    GradientPart TakeGradients();

    /// <summary>Adds removed gradients to the gradients of the batches since then.</summary>
    void AddGradients(GradientPart part);

    /// <summary>Adds the gradients of all ranks, before <see cref="Step"/>.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="fixedOrder">Whether they are added in the order of <see cref="Collectives.SumTree"/>.</param>
    /// <exception cref="ProcessGroupException">A rank has died.</exception>
    void SumGradients(IProcessGroup group, bool fixedOrder);

    /// <summary>Swaps the averages and the weights. A second call swaps them back.</summary>
    /// <exception cref="InvalidOperationException">No averages are kept.</exception>
    void SwapAverages();
}
