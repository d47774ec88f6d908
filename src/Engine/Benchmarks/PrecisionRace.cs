using System.Diagnostics;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Benchmarks;

/// <summary>Measures the forward and backward pass of a model in every precision that its device allows. The optimiser is left out: it computes in float32 in any precision.</summary>
/// <param name="modules">The modules of the model. They are left as they were: same weights, same buffers, no gradients.</param>
/// <param name="device">Device of the modules.</param>
/// <param name="warn">Receives warnings of the collection gate.</param>
public sealed class PrecisionRace(IReadOnlyCollection<nn.Module> modules, Device device, Action<string> warn)
{
    /// <summary>Rounds that are measured, after one round of warm-up. A round is one pass in each precision.</summary>
    public const int Rounds = 3;

    /// <summary>Part of the time that a narrower precision must save.</summary>
    public const double LeastSaving = 0.05;

    /// <summary>The precisions that a device allows, the widest first. libtorch's float16 on CPU is meant for inference only.</summary>
    public static IReadOnlyList<Precision> Allowed(DeviceType device) =>
        device == DeviceType.CUDA ? [Precision.Float32, Precision.Bfloat16, Precision.Float16] : [Precision.Float32, Precision.Bfloat16];

    /// <summary>Returns the fastest precision. A narrower one wins only if it saves <see cref="LeastSaving"/>, so that noise does not decide.</summary>
    /// <param name="times">Times, the widest precision first.</param>
    public static Precision Fastest(IReadOnlyList<PrecisionTime> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        PrecisionTime best = times[0];
        foreach (PrecisionTime time in times)
        {
            if (time.Seconds < best.Seconds * (1 - LeastSaving)) best = time;
        }
        return best.Precision;
    }

    /// <summary>Runs the passes. The random numbers of libtorch are afterwards those from before.</summary>
    /// <param name="loss">Computes the loss of a batch, in the current dispose scope.</param>
    /// <param name="dataWait">Total time that <paramref name="loss"/> has waited for data so far.</param>
    /// <param name="cancel">Checked between passes.</param>
    /// <returns>The fastest pass of each precision, the widest first.</returns>
    public IReadOnlyList<PrecisionTime> Run(Func<Tensor> loss, Func<TimeSpan> dataWait, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(dataWait);
        StepPrecision[] candidates = [.. Allowed(device.type).Select(kind => new StepPrecision(kind, device))];
        double[] best = [.. candidates.Select(_ => double.PositiveInfinity)];
        using DisposeScope scope = NewDisposeScope();
        (Tensor Live, Tensor Before)[] buffers = [.. modules.SelectMany(module => module.named_buffers()).Select(entry => (entry.buffer, entry.buffer.clone()))];
        Tensor random = get_rng_state();
        using var gate = new CollectionGate(warn);
        try
        {
            for (int round = 0; round <= Rounds; round++)
            {
                for (int i = 0; i < candidates.Length; i++)
                {
                    cancel.ThrowIfCancellationRequested();
                    gate.BetweenSteps();
                    double seconds = Seconds(candidates[i], loss, dataWait);
                    if (round > 0) best[i] = Math.Min(best[i], seconds);
                }
            }
        }
        finally
        {
            DropGradients();
            using IDisposable noGrad = no_grad();
            foreach ((Tensor live, Tensor before) in buffers) live.copy_(before);
            set_rng_state(random);
        }
        return [.. candidates.Select((candidate, i) => new PrecisionTime(candidate.Kind, best[i]))];
    }

    private double Seconds(StepPrecision precision, Func<Tensor> loss, Func<TimeSpan> dataWait)
    {
        using DisposeScope scope = NewDisposeScope();
        DropGradients();
        TimeSpan waited = dataWait();
        long start = Stopwatch.GetTimestamp();
        Tensor current;
        using (precision.Enter()) current = loss();
        precision.Scaled(current).backward();
        _ = current.item<float>(); // device sync
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
        return (Stopwatch.GetElapsedTime(start) - (dataWait() - waited)).TotalSeconds;
    }

    private void DropGradients()
    {
        foreach (Parameter parameter in modules.SelectMany(module => module.parameters())) parameter.grad = null;
    }
}
