using HiEndMae.Engine.Collectives;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>Base of optimisers over flat buffers: norm, check, averages and named state. A derived class adds the update.</summary>
/// <remarks>On CPU one pass over memory; elsewhere a short list of operations on whole groups. Parameters without a gradient are left as they are.</remarks>
public abstract class FlatOptimizer : IOptimizer
{
    private const double ClipEps = 1e-6; // as torch.nn.utils.clip_grad_norm_
    private readonly FlatParameters parameters;
    private readonly FlatPass? pass;
    private readonly Tensor[] moments;
    private readonly Tensor? average;
    private readonly Tensor[] views;

    /// <summary>Moves the parameters into one buffer and creates zero moments.</summary>
    /// <param name="groups">The parameters to train, float32 and all on one device.</param>
    /// <param name="momentNames">Prefixes of the moments' names in <see cref="State"/>.</param>
    /// <param name="threads">Number of threads on CPU, at least 1. Results do not depend on it.</param>
    /// <param name="keepAverage">Whether a moving average of the weights is kept.</param>
    /// <param name="fused">Whether an update on CPU is one pass over memory. Otherwise it uses tensor operations, as on other devices.</param>
    private protected FlatOptimizer(IReadOnlyList<ParameterGroup> groups, IReadOnlyList<string> momentNames, int threads, bool keepAverage, bool fused)
    {
        ArgumentNullException.ThrowIfNull(groups);
        parameters = new FlatParameters(groups, fused);
        moments = [.. momentNames.Select(_ => parameters.Zeros())];
        if (keepAverage) average = parameters.Values.clone().DetachFromDisposeScope();
        if (parameters.IsFused) pass = new FlatPass(parameters, this, moments, average, threads);
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var averages = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (ParameterSlot slot in parameters.Slots)
        {
            for (int i = 0; i < moments.Length; i++) state.Add($"{momentNames[i]}.{slot.Name}", slot.View(moments[i]));
            if (average is null) continue;
            averages.Add(slot.Name, slot.View(average));
            state.Add($"average.{slot.Name}", averages[slot.Name]);
        }
        (State, Averages, views) = (state, averages, [.. state.Values]);
    }

    /// <inheritdoc/>
    public long NumSteps { get; set; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Averages { get; }

    /// <inheritdoc/>
    public void ZeroGrad() => parameters.ZeroGrad();

    /// <inheritdoc/>
    public StepResult Step(in StepRequest request)
    {
        if (pass is null) return StepByTensors(request);
        double norm = pass.Norm() / request.LossScale;
        if (!double.IsFinite(norm)) return new StepResult(norm, Applied: false);
        NumSteps++;
        Prepare();
        pass.Update(request, (float)GradientFactor(request, norm));
        return new StepResult(norm, Applied: true);
    }

    /// <inheritdoc/>
    public GradientPart TakeGradients() => parameters.TakeGradients();

    /// <inheritdoc/>
    public void AddGradients(GradientPart part) => parameters.AddGradients(part);

    /// <inheritdoc/>
    public void SumGradients(IProcessGroup group, bool fixedOrder) => parameters.SumGradients(group, fixedOrder);

    /// <inheritdoc/>
    public void SwapAverages()
    {
        if (average is null) throw new InvalidOperationException("This optimiser keeps no averages.");
        using IDisposable noGrad = no_grad();
        using Tensor weights = parameters.Values.clone();
        parameters.Values.copy_(average);
        average.copy_(weights);
    }

    /// <summary>Frees the state. The parameters remain, without gradients.</summary>
    public void Dispose()
    {
        foreach (Tensor view in views) view.Dispose();
        foreach (Tensor moment in moments) moment.Dispose();
        average?.Dispose();
        parameters.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Computes the values that depend only on the step, before its update.</summary>
    private protected abstract void Prepare();

    /// <summary>Updates a run of elements.</summary>
    internal abstract void UpdateBlock(in UpdateBlock block);

    /// <summary>Updates a whole group with tensor operations.</summary>
    private protected abstract void UpdateTensors(Tensor values, Tensor gradient, IReadOnlyList<Tensor> moments, double lr, double weightDecay);

    private StepResult StepByTensors(in StepRequest request)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor gradient = parameters.Gradient(out IReadOnlyList<IReadOnlyList<(long Start, long Length)>> reached);
        double norm = gradient.norm().item<float>() / request.LossScale;
        if (!double.IsFinite(norm)) return new StepResult(norm, Applied: false);
        NumSteps++;
        Prepare();
        double factor = GradientFactor(request, norm);
        if (factor != 1) gradient.mul_((float)factor);
        if (request.MaxParameterNorm > 0) ClipParameters(gradient, request.MaxParameterNorm);
        for (int group = 0; group < parameters.Groups.Count; group++)
        {
            foreach ((long start, long length) in reached[group])
            {
                UpdateTensors(
                    parameters.Values.narrow(0, start, length), gradient.narrow(0, start, length), [.. moments.Select(moment => moment.narrow(0, start, length))],
                    request.Lr * parameters.Groups[group].LrScale, parameters.Groups[group].WeightDecay * request.DecayFactor);
            }
        }
        average?.lerp_(parameters.Values, (float)(1 - request.AverageDecay));
        return new StepResult(norm, Applied: true);
    }

    private static double GradientFactor(in StepRequest request, double norm) =>
        (request.MaxGradNorm > 0 ? ClipFactor(request.MaxGradNorm, norm) : 1) / request.LossScale;

    /// <summary>Factor that brings a norm to at most a largest one, as torch.nn.utils.clip_grad_norm_ computes it.</summary>
    internal static double ClipFactor(double largest, double norm) => Math.Min(1, largest / (norm + ClipEps));

    // Without waiting for the device.
    private void ClipParameters(Tensor gradient, double largest)
    {
        foreach (ParameterSlot slot in parameters.Slots)
        {
            Tensor own = gradient.narrow(0, slot.Offset, slot.Length);
            own.mul_((largest / (own.norm() + ClipEps)).clamp_max(1));
        }
    }
}
