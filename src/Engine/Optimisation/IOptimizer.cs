using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>An optimiser whose step does everything between gradients and new weights in one call.</summary>
/// <remarks>
/// A step of training: <see cref="ZeroGrad"/>, backward once per micro-batch (gradients add up; divide the losses by their number),
/// <see cref="Step"/>. Start from weights that are loaded already: averages begin with the weights at construction.
/// </remarks>
public interface IOptimizer : IDisposable
{
    /// <summary>Updates applied, for bias corrections; belongs into checkpoints.</summary>
    long NumSteps { get; set; }

    /// <summary>Moments and averages by name, such as <c>first.encoder.norm.weight</c>: live tensors, to be copied out of and into.</summary>
    IReadOnlyDictionary<string, Tensor> State { get; }

    /// <summary>Moving averages of the weights by parameter name; empty where none are kept. Part of <see cref="State"/> as <c>average.NAME</c>.</summary>
    IReadOnlyDictionary<string, Tensor> Averages { get; }

    /// <summary>Forgets every gradient.</summary>
    void ZeroGrad();

    /// <summary>Norm, check, unscaling, clipping, update and average. Synchronises with the device.</summary>
    /// <returns>The norm, and whether the update was applied: with a gradient that is NaN or infinite nothing changes.</returns>
    StepResult Step(in StepRequest request);

    /// <summary>Puts the averages in the place of the weights, and the weights in theirs; a second call takes it back.</summary>
    /// <exception cref="InvalidOperationException">No averages are kept.</exception>
    void SwapAverages();
}
