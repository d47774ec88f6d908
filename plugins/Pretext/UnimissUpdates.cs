using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The steps of UniMiSS before and after an update.</summary>
/// <remarks>Source: YtongXie/UniMiSS-code, utils.py. Its schedules are read at the number of cases times the epoch, plus the step; here they are read at the step, as they were meant.</remarks>
internal static class UnimissUpdates
{
    private const double Eps = 1e-6;

    /// <summary>Scales the gradient of each parameter to a norm by itself, if it is larger. Does not wait for the device.</summary>
    /// <param name="parameters">Those without a gradient are passed over.</param>
    /// <param name="most">The largest norm.</param>
    /// <param name="lossScale">The factor by which the gradients are multiplied.</param>
    public static void Clip(IEnumerable<Parameter> parameters, double most, double lossScale)
    {
        using IDisposable noGrad = no_grad();
        foreach (Parameter parameter in parameters)
        {
            using DisposeScope scope = NewDisposeScope();
            if (parameter.grad is not { } gradient) continue;
            gradient.mul_((most * lossScale / (gradient.norm() + (Eps * lossScale))).clamp_max(1));
        }
    }

    /// <summary>Returns the temperature of the teacher in a step. It rises evenly from the first value, reaches the final value in the last step of the warm-up, and then stays there.</summary>
    /// <param name="first">In step 0.</param>
    /// <param name="last">After the warm-up.</param>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="warmup">Steps of the warm-up.</param>
    public static double TemperatureAt(double first, double last, int step, int warmup) => step < warmup ? first + ((last - first) * step / Math.Max(1, warmup - 1)) : last;

    /// <summary>Momentum of the teacher in a step: half a cosine from its first value to 1.</summary>
    public static double MomentumAt(double first, int step, int numSteps) => 1 - ((1 - first) * 0.5 * (1 + Math.Cos(Math.PI * step / Math.Max(1, numSteps))));
}
