using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Inference on volumes larger than a window, with MONAI 1.2's conventions (sliding_window_inference).</summary>
/// <remarks>Outputs are added to one buffer of the volume's size. The weights are summed slab by slab at the end, so that nothing else of the volume's size is held.</remarks>
public static class SlidingWindow
{
    private const int Slab = 16;
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
        Tensor? sum = null;
        // A CPU processes several large windows no faster than one at a time, but they take several times the memory. The first pass shows how large outputs are.
        bool isProcessor = volume.device_type == DeviceType.CPU;
        int batch = isProcessor ? 1 : options.WindowBatch;
        // Kept alive for as long as native code reads it (ARCHITECTURE.md, "Garbage collection and tensors").
        Scalar one = 1;
        for (int first = 0, next; first < starts.Length; first = next)
        {
            next = Math.Min(first + batch, starts.Length);
            cancel.ThrowIfCancellationRequested();
            using DisposeScope pass = NewDisposeScope();
            Size3[] part = starts[first..next];
            Tensor outputs = predict(cat([.. part.Select(start => View(padded, start, window))], 0).to(ScalarType.Float32)); // [b, K, window]
            sum ??= zeros([1, outputs.shape[1], size.X, size.Y, size.Z], type, volume.device).MoveToOuterDisposeScope();
            for (int i = 0; i < part.Length; i++) Add(View(sum, part[i], window), outputs.narrow(0, i, 1), weight, type, one);
            if (isProcessor) batch = (int)Math.Clamp(CpuPassValues / (outputs.shape[1] * window.Count), 1, options.WindowBatch);
            progress?.Invoke(next, starts.Length);
        }
        GC.KeepAlive(one);
        Tensor total = sum!;
        WindowWeights.Divide(total, weight ?? ones([1, 1, window.X, window.Y, window.Z], device: volume.device), starts, window, Slab);
        return (size == original ? total : View(total, before, original).contiguous()).MoveToOuterDisposeScope();
    }

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
