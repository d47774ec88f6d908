using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Inference on volumes larger than a window, with MONAI 1.2's conventions (sliding_window_inference).</summary>
/// <remarks>Outputs are added to one buffer. A receiver of planes lets it be little longer than a window, because windows come in ascending order of x.</remarks>
public static class SlidingWindow
{
    private const long CpuPassValues = 1 << 24;

    /// <summary>Runs a model over overlapping windows and averages its outputs.</summary>
    /// <param name="volume">[1, C, X, Y, Z], of any precision; padded with zeros along axes that are shorter than the window.</param>
    /// <param name="options">Windows and weights.</param>
    /// <param name="predict">From windows [b, C, window] in single precision to outputs [b, K, window].</param>
    /// <param name="progress">Called with the number of windows done, and of all windows; may be null.</param>
    /// <param name="cancel">Stops between passes.</param>
    /// <returns>[1, K, X, Y, Z], in the current dispose scope and the accumulator's precision.</returns>
    public static Tensor Infer(Tensor volume, SlidingWindowOptions options, Func<Tensor, Tensor> predict, Action<int, int>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(predict);
        var whole = new WholeVolume((int)volume.shape[2]);
        Infer(volume, options, predict, whole, progress, cancel);
        using Tensor outputs = whole.Outputs!;
        return outputs.alias();
    }

    /// <summary>Runs a model over overlapping windows, averages its outputs, and hands them on plane by plane.</summary>
    /// <param name="volume">[1, C, X, Y, Z], of any precision; padded with zeros where it is smaller than the window.</param>
    /// <param name="options">Windows and weights.</param>
    /// <param name="predict">From windows [b, C, window] in single precision to outputs [b, K, window].</param>
    /// <param name="receiver">Takes the planes of the volume, without padding, in the accumulator's precision.</param>
    /// <param name="progress">Called with the number of windows done, and of all windows; may be null.</param>
    /// <param name="cancel">Stops between passes.</param>
    internal static void Infer(Tensor volume, SlidingWindowOptions options, Func<Tensor, Tensor> predict, IPlaneReceiver receiver, Action<int, int>? progress, CancellationToken cancel)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Size3 window = options.Window;
        long[] shape = volume.shape;
        var original = new Size3((int)shape[2], (int)shape[3], (int)shape[4]);
        var size = new Size3(Math.Max(original.X, window.X), Math.Max(original.Y, window.Y), Math.Max(original.Z, window.Z));
        var before = new Size3((size.X - original.X) / 2, (size.Y - original.Y) / 2, (size.Z - original.Z) / 2);
        Tensor padded = size == original ? volume : nn.functional.pad(volume,
            [before.Z, size.Z - original.Z - before.Z, before.Y, size.Y - original.Y - before.Y, before.X, size.X - original.X - before.X]);
        Tensor? weight = options.Weighting == WindowWeighting.Constant ? null : WindowWeights.Gaussian(window).to(volume.device);
        Size3[] starts = [.. Starts(size, window, options.Overlap)];
        ScalarType type = options.Accumulator == AccumulatorType.Float16 ? ScalarType.Float16 : ScalarType.Float32;
        using var sums = new PlaneSums(size, starts, window, weight ?? ones([1, 1, window.X, window.Y, window.Z], device: volume.device), type);
        // A CPU processes several large windows no faster than one at a time, but they take several times the memory. The first pass shows how large outputs are.
        bool isProcessor = volume.device_type == DeviceType.CPU;
        int batch = isProcessor ? 1 : options.WindowBatch;
        // Kept alive for as long as native code reads it (ARCHITECTURE.md, "Garbage collection and tensors").
        Scalar one = 1;
        for (int first = 0, next; first < starts.Length; first = next)
        {
            next = Math.Min(first + batch, starts.Length);
            cancel.ThrowIfCancellationRequested();
            using (NewDisposeScope())
            {
                Size3[] part = starts[first..next];
                Tensor outputs = predict(cat([.. part.Select(start => View(padded, start, window))], 0).to(ScalarType.Float32)); // [b, K, window]
                int numOutputs = (int)outputs.shape[1];
                if (isProcessor) batch = (int)Math.Clamp(CpuPassValues / (numOutputs * window.Count), 1, options.WindowBatch);
                if (!sums.IsAllocated) sums.Allocate(numOutputs, Math.Min(Span(starts, window, Math.Max(batch, next)) + receiver.MostKept(numOutputs), size.X));
                for (int i = 0; i < part.Length; i++) Add(sums.Of(part[i]), outputs.narrow(0, i, 1), weight, type, one);
            }
            progress?.Invoke(next, starts.Length);
            int end = next < starts.Length ? starts[next].X : size.X;
            if (end > starts[first].X) HandOn(sums, end, original, before, receiver);
        }
        GC.KeepAlive(one);
    }

    // Planes of padding are no part of the volume.
    private static void HandOn(PlaneSums sums, int end, Size3 original, Size3 before, IPlaneReceiver receiver)
    {
        using DisposeScope scope = NewDisposeScope();
        sums.Finish(end);
        int low = Math.Clamp(before.X, sums.First, end), high = Math.Clamp(before.X + original.X, low, end);
        sums.Release(low - sums.First);
        if (high == low) return;
        Tensor inside = sums.Finished.narrow(2, 0, high - low).narrow(3, before.Y, original.Y).narrow(4, before.Z, original.Z);
        sums.Release(receiver.Take(low - before.X, inside));
    }

    // The largest number of planes from the first window of a pass to the end of its last one.
    private static int Span(Size3[] starts, Size3 window, int batch) => Enumerable.Range(0, starts.Length).Max(i => starts[Math.Min(i + batch, starts.Length) - 1].X + window.X - starts[i].X);

    /// <summary>Returns the starts of windows: a regular grid whose last window ends at the end of the volume.</summary>
    internal static IEnumerable<Size3> Starts(Size3 size, Size3 window, double overlap)
    {
        int[] x = Axis(size.X, window.X, overlap), y = Axis(size.Y, window.Y, overlap), z = Axis(size.Z, window.Z, overlap);
        return from sx in x from sy in y from sz in z select new Size3(sx, sy, sz);
    }

    /// <summary>A box of a volume, not copied.</summary>
    internal static Tensor View(Tensor volume, Size3 start, Size3 size) =>
        volume.narrow(2, start.X, size.X).narrow(3, start.Y, size.Y).narrow(4, start.Z, size.Z);

    private static int[] Axis(int size, int window, double overlap)
    {
        int interval = Math.Max(1, (int)(window * (1 - overlap)));
        int count = (size - window + interval - 1) / interval + 1;
        return [.. Enumerable.Range(0, count).Select(i => Math.Min(i * interval, size - window))];
    }

    private static void Add(Tensor target, Tensor output, Tensor? weight, ScalarType type, Scalar one)
    {
        if (output.dtype != ScalarType.Float32) output = output.to(ScalarType.Float32);
        if (type != ScalarType.Float32) target.add_((weight is null ? output : output * weight).to(type), one);
        else if (weight is null) target.add_(output, one);
        else target.addcmul_(output, weight, one); // one pass over memory
    }
}
