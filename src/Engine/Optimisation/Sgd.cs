using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>Stochastic gradient descent with momentum as PyTorch's SGD (decay added to the gradient, no dampening); state <c>momentum.NAME</c>.</summary>
/// <param name="groups">What to train.</param>
/// <param name="options">Constants.</param>
/// <param name="threads">Threads on CPU, at least 1; results do not depend on them.</param>
/// <param name="keepAverage">Whether a moving average of the weights is kept.</param>
public sealed class Sgd(IReadOnlyList<ParameterGroup> groups, SgdOptions options, int threads, bool keepAverage = false)
    : FlatOptimizer(groups, ["momentum"], keepAverage)
{
    /// <summary>Threads on CPU.</summary>
    public int Threads { get; } = threads;

    private protected override void UpdateTensors(Tensor values, Tensor gradient, IReadOnlyList<Tensor> moments, double lr, double weightDecay)
    {
        if (weightDecay != 0) gradient.add_(values, (float)weightDecay);
        Tensor moment = moments[0].mul_((float)options.Momentum).add_(gradient);
        values.add_(options.Nesterov ? gradient.add_(moment, (float)options.Momentum) : moment, -(float)lr);
    }
}
