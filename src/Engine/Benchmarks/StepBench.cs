using System.Diagnostics;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Training;
using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Benchmarks;

/// <summary>Measures training steps (forward, backward, optimiser), with matrix products between them for comparison.</summary>
/// <param name="optimizer">Optimiser of the model's parameters.</param>
/// <param name="precision">Precision of the forward pass.</param>
/// <param name="device">Device of the model.</param>
/// <param name="warn">Receives warnings of the collection gate.</param>
public sealed class StepBench(IOptimizer optimizer, StepPrecision precision, Device device, Action<string> warn)
{
    private const int WarmUp = 3, MatrixSize = 2048;

    /// <summary>Runs and measures steps.</summary>
    /// <param name="loss">Computes the loss of a step, in the current dispose scope.</param>
    /// <param name="request">Settings of the optimiser's step.</param>
    /// <param name="steps">Number of steps to measure, at least 1.</param>
    /// <param name="progress">Called with the number of steps done and of all steps.</param>
    /// <param name="cancel">Checked between steps.</param>
    public StepTimes Run(Func<int, Tensor> loss, StepRequest request, int steps, Action<int, int> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(progress);
        double[] forward = new double[steps], backward = new double[steps], update = new double[steps], matmul = new double[steps];
        long resident = 0, tensors = 0;
        double last = 0;
        using Tensor a = rand(MatrixSize, MatrixSize, device: device), b = rand(MatrixSize, MatrixSize, device: device), product = zeros_like(a);
        using var gate = new CollectionGate(warn);
        for (int i = -WarmUp; i < steps; i++)
        {
            cancel.ThrowIfCancellationRequested();
            gate.BetweenSteps();
            if (i == 0) (resident, tensors) = (Environment.WorkingSet, Tensor.TotalCount);
            using DisposeScope scope = NewDisposeScope();
            optimizer.ZeroGrad();
            long start = Stopwatch.GetTimestamp();
            Tensor current;
            using (precision.Enter()) current = loss(i + WarmUp);
            Wait();
            long afterForward = Stopwatch.GetTimestamp();
            precision.Scaled(current).backward();
            Wait();
            long afterBackward = Stopwatch.GetTimestamp();
            precision.Update(optimizer.Step(request with { LossScale = precision.LossScale }).Applied);
            Wait();
            long end = Stopwatch.GetTimestamp();
            double rate = MatrixRate(a, b, product);
            last = current.item<float>();
            progress(i + WarmUp + 1, steps + WarmUp);
            if (i < 0) continue;
            forward[i] = Stopwatch.GetElapsedTime(start, afterForward).TotalSeconds;
            backward[i] = Stopwatch.GetElapsedTime(afterForward, afterBackward).TotalSeconds;
            update[i] = Stopwatch.GetElapsedTime(afterBackward, end).TotalSeconds;
            matmul[i] = rate;
        }
        double[] whole = [.. Enumerable.Range(0, steps).Select(i => forward[i] + backward[i] + update[i])];
        long now = Environment.WorkingSet;
        return new StepTimes
        {
            Steps = steps,
            StepSeconds = Median(whole),
            BestSeconds = whole.Min(),
            ForwardSeconds = Median(forward),
            BackwardSeconds = Median(backward),
            OptimizerSeconds = Median(update),
            MatmulFlops = Median(matmul),
            ResidentBytes = now,
            ResidentGrowthBytes = now - resident,
            PeakResidentBytes = Math.Max(now, Process.GetCurrentProcess().PeakWorkingSet64),
            Tensors = Tensor.TotalCount,
            TensorGrowth = Tensor.TotalCount - tensors,
            LastLoss = last,
        };
    }

    /// <summary>Profiles steps by operator. The times include the cost of profiling, so they do not measure a whole step.</summary>
    /// <param name="loss">Computes the loss of a step, in the current dispose scope.</param>
    /// <param name="request">Settings of the optimiser's step.</param>
    /// <param name="steps">Number of steps to watch, at least 1.</param>
    /// <param name="cancel">Checked between steps.</param>
    /// <returns>Operators of all steps, the most expensive first.</returns>
    /// <exception cref="MissingFunctionException">This build of libtorch cannot be watched.</exception>
    public IReadOnlyList<OperatorTime> Profile(Func<int, Tensor> loss, StepRequest request, int steps, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(loss);
        using var gate = new CollectionGate(warn);
        using var profile = new OperatorProfile();
        for (int i = 0; i < steps; i++)
        {
            cancel.ThrowIfCancellationRequested();
            gate.BetweenSteps();
            using DisposeScope scope = NewDisposeScope();
            optimizer.ZeroGrad();
            Tensor current;
            using (precision.Enter()) current = loss(i);
            precision.Scaled(current).backward();
            precision.Update(optimizer.Step(request with { LossScale = precision.LossScale }).Applied);
        }
        return profile.Times;
    }

    private double MatrixRate(Tensor a, Tensor b, Tensor product)
    {
        const int Repetitions = 2;
        using IDisposable noGrad = no_grad();
        double best = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            product.addmm_(a, b, beta: 0, alpha: 1);
            Wait();
            best = Math.Max(best, 2.0 * MatrixSize * MatrixSize * MatrixSize / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private void Wait()
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
