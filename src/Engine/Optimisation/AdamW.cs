using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>AdamW (Loshchilov and Hutter, arXiv:1711.05101); state <c>first.NAME</c> and <c>second.NAME</c>.</summary>
/// <param name="groups">What to train.</param>
/// <param name="options">Constants.</param>
/// <param name="threads">Threads on CPU, at least 1; results do not depend on them.</param>
/// <param name="keepAverage">Whether a moving average of the weights is kept.</param>
public sealed class AdamW(IReadOnlyList<ParameterGroup> groups, AdamWOptions options, int threads, bool keepAverage = false)
    : FlatOptimizer(groups, ["first", "second"], keepAverage)
{
    /// <summary>Threads on CPU.</summary>
    public int Threads { get; } = threads;

    private protected override void UpdateTensors(Tensor values, Tensor gradient, IReadOnlyList<Tensor> moments, double lr, double weightDecay)
    {
        double correction1 = 1 - Math.Pow(options.Beta1, NumSteps), rootCorrection2 = Math.Sqrt(1 - Math.Pow(options.Beta2, NumSteps));
        values.mul_((float)(1 - (lr * weightDecay)));
        moments[0].lerp_(gradient, (float)(1 - options.Beta1));
        moments[1].mul_((float)options.Beta2).addcmul_(gradient, gradient, (float)(1 - options.Beta2));
        Tensor denominator = moments[1].sqrt().div_((float)rootCorrection2).add_((float)options.Eps);
        values.addcdiv_(moments[0], denominator, -(lr / correction1));
    }
}
