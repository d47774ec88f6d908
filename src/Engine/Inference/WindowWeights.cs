using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Computes the weights of a window's voxels and divides sums over windows by the sums of weights.</summary>
internal static class WindowWeights
{
    private const double SigmaScale = 0.125;
    private const float SmallestWeight = 1e-3f;

    /// <summary>Returns Gaussian weights [1, 1, window] with a sigma of 1/8 of the edge and 1 at the centre.</summary>
    public static Tensor Gaussian(Size3 window)
    {
        Tensor x = Axis(window.X), y = Axis(window.Y), z = Axis(window.Z);
        Tensor product = x.reshape(-1, 1, 1) * y.reshape(1, -1, 1) * z.reshape(1, 1, -1);
        // Without a lower bound, corners that no other window covers would be divided by almost zero.
        float smallest = Math.Max(product.min().item<float>(), SmallestWeight);
        return product.clamp(min: smallest).reshape(1, 1, window.X, window.Y, window.Z);
    }

    /// <summary>Divides sums over windows by the sums of their weights, in place.</summary>
    /// <param name="sum">[1, K, X, Y, Z].</param>
    /// <param name="weight">[1, 1, window].</param>
    /// <param name="starts">First voxels of all windows.</param>
    /// <param name="window">Size of a window in voxels.</param>
    /// <param name="slab">Number of voxels along x that are divided at once.</param>
    public static void Divide(Tensor sum, Tensor weight, Size3[] starts, Size3 window, int slab)
    {
        long[] shape = sum.shape;
        int length = (int)shape[2];
        Scalar one = 1;
        for (int x = 0; x < length; x += slab)
        {
            using DisposeScope scope = NewDisposeScope();
            int count = Math.Min(slab, length - x);
            Tensor total = zeros([1, 1, count, shape[3], shape[4]], device: sum.device);
            foreach (Size3 start in starts)
            {
                int from = Math.Max(x, start.X), to = Math.Min(x + count, start.X + window.X);
                if (from >= to) continue;
                Tensor target = SlidingWindow.View(total, new Size3(from - x, start.Y, start.Z), new Size3(to - from, window.Y, window.Z));
                target.add_(weight.narrow(2, from - start.X, to - from), one);
            }
            sum.narrow(2, x, count).div_(total);
        }
        GC.KeepAlive(one);
    }

    private static Tensor Axis(int edge)
    {
        double sigma = SigmaScale * edge;
        float[] values = [.. Enumerable.Range(0, edge).Select(i => i - (edge - 1) / 2.0).Select(x => (float)Math.Exp(-x * x / (2 * sigma * sigma)))];
        return tensor(values);
    }
}
