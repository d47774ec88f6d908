using HiEndMae.Engine.Optimisation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = HiEndMae.Engine.Optimisation.AdamW;

namespace HiEndMae.Verification.Kinds;

/// <summary>Compares optimisers with those of PyTorch: a hundred steps with recorded gradients, and clipping.</summary>
public sealed class OptimiserKind : IGoldenKind
{
    private const double Allowed = 1e-6, Lr = 1e-2;

    /// <inheritdoc/>
    public string Name => "optimizers-schedules";

    /// <inheritdoc/>
    public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(context);
        return Compare(golden, context, fused: true);
    }

    /// <summary>Compares the fused update, or the one that is used on other devices than the CPU.</summary>
    internal static IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context, bool fused)
    {
        (Device device, int threads) = (context.Device, context.Threads);
        var found = new List<Deviation>();
        // Weight decay of the golden: 0.05 on tensor 0 and 0 on tensor 1; 1e-5 on both.
        if (golden.Has("adamw.start.0")) found.AddRange(Steps(golden, device, "adamw", groups => new AdamW(groups, new AdamWOptions(0.9, 0.95, 1e-8), threads, fused: fused), 0.05, 0));
        if (golden.Has("sgd_nesterov.start.0")) found.AddRange(Steps(golden, device, "sgd_nesterov", groups => new Sgd(groups, new SgdOptions(0.99, Nesterov: true), threads, fused: fused), 1e-5, 1e-5));
        if (!golden.Has("clip.input")) return found;
        var parameter = new Parameter(zeros(golden["clip.input"].shape, device: device));
        using var plain = new Sgd([new ParameterGroup([("w", parameter)], 1, 0)], new SgdOptions(0, Nesterov: false), threads, fused: fused);
        parameter.grad = golden["clip.input"].to(device).clone();
        // A step of SGD with rate 1 from zero gives the negative clipped gradient.
        StepResult result = plain.Step(new StepRequest(1) { MaxGradNorm = 1 });
        found.Add(new Deviation("clipping to norm 1", golden.Deviation("clip.output", -parameter), Allowed));
        found.Add(new Deviation("norm before clipping", golden.Deviation("clip.norm", tensor(result.GradNorm)), Allowed));
        return found;
    }

    private static IEnumerable<Deviation> Steps(GoldenFile golden, Device device, string name, Func<IReadOnlyList<ParameterGroup>, IOptimizer> create, params double[] decays)
    {
        Parameter[] parameters = [.. decays.Select((_, i) => new Parameter(golden[$"{name}.start.{i}"].to(device).clone()))];
        Tensor[] gradients = [.. decays.Select((_, i) => golden[$"{name}.grads.{i}"].to(device))];
        using IOptimizer optimizer = create([.. parameters.Select((parameter, i) => new ParameterGroup([($"w{i}", parameter)], 1, decays[i]))]);
        for (int step = 1; step <= gradients[0].shape[0]; step++)
        {
            optimizer.ZeroGrad();
            for (int i = 0; i < parameters.Length; i++) parameters[i].grad = gradients[i][step - 1].clone();
            optimizer.Step(new StepRequest(Lr));
            if (!golden.Has($"{name}.after_{step}.0")) continue;
            double worst = parameters.Select((parameter, i) => golden.Deviation($"{name}.after_{step}.{i}", parameter)).Max();
            yield return new Deviation($"{name}, {step} steps", worst, Allowed);
        }
    }
}
