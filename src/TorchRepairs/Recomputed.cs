using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.TorchRepairs;

/// <summary>Gradient checkpointing: a part of a model whose activations are not kept, but computed again when backward comes to it.</summary>
/// <remarks>
/// The part sees the same random numbers both times and gives the same gradients to the last bit on CPU; a step takes about a third longer, and memory holds one
/// part's activations and the inputs of all.
/// </remarks>
public static class Recomputed
{
    /// <summary>Runs a part of a model.</summary>
    /// <param name="part">From the inputs to the output; depends on nothing else that changes. Its parameters get their gradients as ever.</param>
    /// <param name="inputs">What it reads; with gradient or without.</param>
    /// <returns>Its output, in the current dispose scope.</returns>
    public static Tensor Run(Func<IReadOnlyList<Tensor>, Tensor> part, params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(inputs);
        // Without gradients nothing is kept anyway.
        if (!is_grad_enabled()) return part(inputs);
        return RecomputedFunction.apply([part, .. inputs]);
    }
}
