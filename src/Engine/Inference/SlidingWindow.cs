using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Inference on volumes larger than a window, with MONAI 1.2's conventions (sliding_window_inference).</summary>
public static class SlidingWindow
{
    private const double SigmaScale = 0.125;
    private const float SmallestWeight = 1e-3f;

    /// <summary>Runs a model over overlapping windows and averages its outputs.</summary>
    /// <param name="volume">[1, C, X, Y, Z]; padded with zeros where it is smaller than the window.</param>
    /// <param name="window">Voxels of a window.</param>
    /// <param name="overlap">Part of a window that its neighbour covers again, in [0, 1).</param>
    /// <param name="weighting">Constant or Gaussian.</param>
    /// <param name="windowBatch">Windows per forward pass.</param>
    /// <param name="predict">[b, C, window] to [b, K, window].</param>
    /// <param name="progress">Takes windows done and in all; may be null.</param>
    /// <param name="cancel">Looked at between passes.</param>
    /// <returns>[1, K, X, Y, Z], in the current dispose scope.</returns>
    public static Tensor Infer(
        Tensor volume, Size3 window, double overlap, WindowWeighting weighting, int windowBatch, Func<Tensor, Tensor> predict, Action<int, int>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(predict);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        long[] shape = volume.shape;
        var original = new Size3((int)shape[2], (int)shape[3], (int)shape[4]);
        var size = new Size3(Math.Max(original.X, window.X), Math.Max(original.Y, window.Y), Math.Max(original.Z, window.Z));
        var before = new Size3((size.X - original.X) / 2, (size.Y - original.Y) / 2, (size.Z - original.Z) / 2);
        Tensor padded = size == original ? volume : nn.functional.pad(volume,
            [before.Z, size.Z - original.Z - before.Z, before.Y, size.Y - original.Y - before.Y, before.X, size.X - original.X - before.X]);
        Tensor weight = Weight(window, weighting, volume.device);
        Size3[] starts = [.. Starts(size, window, overlap)];
        Tensor? sum = null;
        Tensor weights = zeros([1, 1, size.X, size.Y, size.Z], device: volume.device);
        for (int first = 0; first < starts.Length; first += windowBatch)
        {
            cancel.ThrowIfCancellationRequested();
            using DisposeScope pass = NewDisposeScope();
            Size3[] part = starts[first..Math.Min(first + windowBatch, starts.Length)];
            Tensor outputs = predict(cat([.. part.Select(start => View(padded, start, window))], 0)); // [b, K, window]
            sum ??= zeros([1, outputs.shape[1], size.X, size.Y, size.Z], device: volume.device).DetachFromDisposeScope();
            for (int i = 0; i < part.Length; i++)
            {
                View(sum, part[i], window).add_(outputs.narrow(0, i, 1) * weight);
                View(weights, part[i], window).add_(weight);
            }
            progress?.Invoke(Math.Min(first + windowBatch, starts.Length), starts.Length);
        }
        using Tensor total = sum!;
        return View(total / weights, before, original).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Where windows begin: a regular grid whose last window is flush with the end.</summary>
    internal static IEnumerable<Size3> Starts(Size3 size, Size3 window, double overlap)
    {
        int[] x = Axis(size.X, window.X, overlap), y = Axis(size.Y, window.Y, overlap), z = Axis(size.Z, window.Z, overlap);
        return from sx in x from sy in y from sz in z select new Size3(sx, sy, sz);
    }

    private static int[] Axis(int size, int window, double overlap)
    {
        int interval = Math.Max(1, (int)(window * (1 - overlap)));
        int count = (size - window + interval - 1) / interval + 1;
        return [.. Enumerable.Range(0, count).Select(i => Math.Min(i * interval, size - window))];
    }

    private static Tensor Weight(Size3 window, WindowWeighting weighting, Device device)
    {
        if (weighting == WindowWeighting.Constant) return ones([1, 1, window.X, window.Y, window.Z], device: device);
        Tensor x = Gaussian(window.X), y = Gaussian(window.Y), z = Gaussian(window.Z);
        Tensor product = x.reshape(-1, 1, 1) * y.reshape(1, -1, 1) * z.reshape(1, 1, -1);
        // Corners would weigh next to nothing, and divide by next to nothing where no other window reaches.
        float smallest = Math.Max(product.min().item<float>(), SmallestWeight);
        return product.clamp(min: smallest).reshape(1, 1, window.X, window.Y, window.Z).to(device);
    }

    private static Tensor Gaussian(int edge)
    {
        double sigma = SigmaScale * edge;
        float[] values = [.. Enumerable.Range(0, edge).Select(i => i - (edge - 1) / 2.0).Select(x => (float)Math.Exp(-x * x / (2 * sigma * sigma)))];
        return tensor(values);
    }

    private static Tensor View(Tensor volume, Size3 start, Size3 size) =>
        volume.narrow(2, start.X, size.X).narrow(3, start.Y, size.Y).narrow(4, start.Z, size.Z);
}
