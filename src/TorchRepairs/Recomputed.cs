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
        return Run((read, _) => part(read), inputs);
    }

    /// <summary>Runs a part of a model that changes something, such as running statistics, which must change once per step.</summary>
    /// <param name="part">From the inputs to the output. Its second argument is true while it is computed again.</param>
    /// <param name="inputs">What it reads; with gradient or without.</param>
    /// <returns>Its output, in the current dispose scope.</returns>
    public static Tensor Run(Func<IReadOnlyList<Tensor>, bool, Tensor> part, params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(inputs);
        // Without gradients nothing is kept anyway.
        if (!is_grad_enabled()) return part(inputs, false);
        // A function's output wants a gradient only where an input does; an image wants none, but the weights of the part do.
        Tensor[] read = inputs.Any(input => input.requires_grad) ? inputs : [.. inputs, empty(0, device: inputs[0].device, requires_grad: true)];
        return RecomputedFunction.apply([part, .. read]);
    }
}
