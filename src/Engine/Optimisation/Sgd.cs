using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>Stochastic gradient descent with momentum as PyTorch's SGD (decay added to the gradient, no dampening); state <c>momentum.NAME</c>.</summary>
/// <param name="groups">The parameters to train.</param>
/// <param name="options">Constants.</param>
/// <param name="threads">Number of threads on CPU, at least 1. Results do not depend on it.</param>
/// <param name="keepAverage">Whether a moving average of the weights is kept.</param>
/// <param name="fused">Whether an update on CPU is one pass over memory. Otherwise it uses tensor operations, as on other devices.</param>
public sealed class Sgd(IReadOnlyList<ParameterGroup> groups, SgdOptions options, int threads, bool keepAverage = false, bool fused = true)
    : FlatOptimizer(groups, ["momentum"], threads, keepAverage, fused)
{
    private protected override void Prepare()
    {
        // Every step is the same.
    }

    internal override unsafe void UpdateBlock(in UpdateBlock block)
    {
        float* p = block.Values, g = block.Gradient, m = block.First;
        float scale = block.GradientFactor, decay = (float)block.WeightDecay, lr = (float)block.Lr, momentum = (float)options.Momentum;
        // Nesterov momentum adds the moment to the gradient. Otherwise only the moment is the direction.
        float ownGradient = options.Nesterov ? 1 : 0, ownMoment = options.Nesterov ? momentum : 1;
        int i = 0, width = Vector<float>.Count;
        for (; i <= block.Length - width; i += width)
        {
            Vector<float> value = Unsafe.ReadUnaligned<Vector<float>>(p + i);
            Vector<float> gradient = (Unsafe.ReadUnaligned<Vector<float>>(g + i) * scale) + (value * decay);
            Vector<float> moment = (Unsafe.ReadUnaligned<Vector<float>>(m + i) * momentum) + gradient;
            Unsafe.WriteUnaligned(m + i, moment);
            Unsafe.WriteUnaligned(p + i, value - (((gradient * ownGradient) + (moment * ownMoment)) * lr));
        }
        for (; i < block.Length; i++)
        {
            float gradient = (g[i] * scale) + (p[i] * decay);
            m[i] = (m[i] * momentum) + gradient;
            p[i] -= ((gradient * ownGradient) + (m[i] * ownMoment)) * lr;
        }
    }

    private protected override void UpdateTensors(Tensor values, Tensor gradient, IReadOnlyList<Tensor> moments, double lr, double weightDecay)
    {
        if (weightDecay != 0) gradient.add_(values, (float)weightDecay);
        Tensor moment = moments[0].mul_((float)options.Momentum).add_(gradient);
        values.add_(options.Nesterov ? gradient.add_(moment, (float)options.Momentum) : moment, -(float)lr);
    }
}
