using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>AdamW (Loshchilov and Hutter, arXiv:1711.05101); state <c>first.NAME</c> and <c>second.NAME</c>, with AMSGrad <c>largest.NAME</c> too.</summary>
/// <param name="groups">The parameters to train.</param>
/// <param name="options">Constants.</param>
/// <param name="threads">Number of threads on CPU, at least 1. Results do not depend on it.</param>
/// <param name="keepAverage">Whether a moving average of the weights is kept.</param>
/// <param name="fused">Whether an update on CPU is one pass over memory. Otherwise it uses tensor operations, as on other devices.</param>
public sealed class AdamW(IReadOnlyList<ParameterGroup> groups, AdamWOptions options, int threads, bool keepAverage = false, bool fused = true)
    : FlatOptimizer(groups, options.AmsGrad ? ["first", "second", "largest"] : ["first", "second"], threads, keepAverage, fused)
{
    private double correction1;
    private double rootCorrection2;

    private protected override void Prepare()
    {
        correction1 = 1 - Math.Pow(options.Beta1, NumSteps);
        rootCorrection2 = Math.Sqrt(1 - Math.Pow(options.Beta2, NumSteps));
    }

    internal override unsafe void UpdateBlock(in UpdateBlock block)
    {
        if (options.AmsGrad)
        {
            UpdateByLargest(block);
            return;
        }
        float* p = block.Values, g = block.Gradient, m = block.First, v = block.Second;
        float scale = block.GradientFactor, keep = (float)(1 - (block.Lr * block.WeightDecay)), step = (float)(block.Lr / correction1), eps = (float)options.Eps;
        float beta2 = (float)options.Beta2, new1 = (float)(1 - options.Beta1), new2 = (float)(1 - options.Beta2), root = (float)(1 / rootCorrection2);
        int i = 0, width = Vector<float>.Count;
        var epsilon = new Vector<float>(eps);
        for (; i <= block.Length - width; i += width)
        {
            Vector<float> gradient = Unsafe.ReadUnaligned<Vector<float>>(g + i) * scale, first = Unsafe.ReadUnaligned<Vector<float>>(m + i);
            first += (gradient - first) * new1;
            Vector<float> second = (Unsafe.ReadUnaligned<Vector<float>>(v + i) * beta2) + (gradient * gradient * new2);
            Vector<float> value = Unsafe.ReadUnaligned<Vector<float>>(p + i) * keep;
            value -= first * step / ((Vector.SquareRoot(second) * root) + epsilon);
            Unsafe.WriteUnaligned(m + i, first);
            Unsafe.WriteUnaligned(v + i, second);
            Unsafe.WriteUnaligned(p + i, value);
        }
        for (; i < block.Length; i++)
        {
            float gradient = g[i] * scale;
            m[i] += (gradient - m[i]) * new1;
            v[i] = (v[i] * beta2) + (gradient * gradient * new2);
            p[i] = (p[i] * keep) - (m[i] * step / ((MathF.Sqrt(v[i]) * root) + eps));
        }
    }

    // This is a separate rule, so that the loop of the usual rule has no branch.
    private unsafe void UpdateByLargest(in UpdateBlock block)
    {
        float* p = block.Values, g = block.Gradient, m = block.First, v = block.Second, most = block.Third;
        float scale = block.GradientFactor, keep = (float)(1 - (block.Lr * block.WeightDecay)), step = (float)(block.Lr / correction1), eps = (float)options.Eps;
        float beta2 = (float)options.Beta2, new1 = (float)(1 - options.Beta1), new2 = (float)(1 - options.Beta2), root = (float)(1 / rootCorrection2);
        for (int i = 0; i < block.Length; i++)
        {
            float gradient = g[i] * scale;
            m[i] += (gradient - m[i]) * new1;
            v[i] = (v[i] * beta2) + (gradient * gradient * new2);
            most[i] = MathF.Max(most[i], v[i]);
            p[i] = (p[i] * keep) - (m[i] * step / ((MathF.Sqrt(most[i]) * root) + eps));
        }
    }

    private protected override void UpdateTensors(Tensor values, Tensor gradient, IReadOnlyList<Tensor> moments, double lr, double weightDecay)
    {
        values.mul_((float)(1 - (lr * weightDecay)));
        moments[0].lerp_(gradient, (float)(1 - options.Beta1));
        moments[1].mul_((float)options.Beta2).addcmul_(gradient, gradient, (float)(1 - options.Beta2));
        if (options.AmsGrad) moments[2].copy_(maximum(moments[2], moments[1]));
        Tensor denominator = moments[^1].sqrt().div_((float)rootCorrection2).add_((float)options.Eps);
        values.addcdiv_(moments[0], denominator, (float)-(lr / correction1));
    }
}
