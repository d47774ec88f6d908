using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HiEndMae.TorchRepairs;

namespace HiEndMae.Nn;

/// <summary>A norm per channel, its weights, a residual and a leaky ReLU in one pass over float32 volumes with channels last, and the gradients in two; on libtorch's threads.</summary>
/// <remarks>
/// A sample here is a set of voxels that share statistics: one volume for an instance norm, all volumes of a batch for a batch norm.
/// The first voxel of a sample is subtracted before summing. Blocks are summed in float32, and the sums of blocks in float64. So neither a large mean nor a large volume costs precision.
/// Channels repeat every <c>C</c> floats. The vectors of a period cover the least common multiple of C and 32 floats, so each lane of each vector always has the same channel.
/// </remarks>
internal static unsafe class ChannelNormKernel
{
    private const int Lanes = 8, Unrolled = 32, Block = 64;

    /// <summary>Whether the kernel supports a number of channels, so that its buffers fit on the stack.</summary>
    public static bool Serves(long channels) => channels is > 0 and <= 1024 && Period((int)channels) <= 2048;

    /// <summary>Computes mean and 1 / standard deviation of every sample and channel.</summary>
    /// <param name="x">[B, S, C].</param>
    /// <param name="shape">B, S and C.</param>
    /// <param name="eps">Value added to the variance.</param>
    /// <param name="statistics">Receives [B, 2, C]: means, then 1 / standard deviations.</param>
    /// <param name="threads">Number of threads.</param>
    public static void Statistics(ReadOnlySpan<float> x, (int Samples, int Voxels, int Channels) shape, double eps, Span<float> statistics, int threads)
    {
        int channels = shape.Channels, parts = threads;
        long size = (long)shape.Voxels * channels;
        var sums = new double[shape.Samples * parts * 2 * channels];
        fixed (float* all = x)
        fixed (double* into = sums)
        {
            nint source = (nint)all, target = (nint)into;
            Run(shape.Samples, parts, (sample, part) =>
            {
                float* start = (float*)source + (sample * size);
                (long from, long count) = Share(shape.Voxels, channels, part, parts);
                double* own = (double*)target + ((((long)sample * parts) + part) * 2 * channels);
                Moments(start + from, count, channels, start, own, own + channels);
            });
        }
        for (int sample = 0; sample < shape.Samples; sample++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                double sum = 0, squares = 0, shift = x[(int)(sample * size) + channel];
                for (int part = 0; part < parts; part++)
                {
                    int at = (((sample * parts) + part) * 2 * channels) + channel;
                    sum += sums[at];
                    squares += sums[at + channels];
                }
                double mean = sum / shape.Voxels, variance = Math.Max(0, (squares / shape.Voxels) - (mean * mean));
                statistics[(sample * 2 * channels) + channel] = (float)(mean + shift);
                statistics[(((sample * 2) + 1) * channels) + channel] = (float)(1 / Math.Sqrt(variance + eps));
            }
        }
    }

    /// <summary><c>leaky((x - mean) / deviation * weight + bias + residual)</c>.</summary>
    /// <param name="x">[B, S, C].</param>
    /// <param name="residual">[B, S, C]; empty for none.</param>
    /// <param name="shape">B, S and C.</param>
    /// <param name="statistics">Result of <see cref="Statistics"/>.</param>
    /// <param name="weight">[C]; empty for 1.</param>
    /// <param name="bias">[C]; empty for 0.</param>
    /// <param name="slope">Slope of the activation for negative values; 1 for no activation.</param>
    /// <param name="output">[B, S, C].</param>
    /// <param name="threads">Threads.</param>
    public static void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> residual, (int Samples, int Voxels, int Channels) shape, ReadOnlySpan<float> statistics, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias,
        float slope, Span<float> output, int threads)
    {
        long size = (long)shape.Voxels * shape.Channels;
        bool adds = residual.Length > 0;
        float[] maps = Maps(shape, statistics, weight, bias);
        fixed (float* xs = x, rs = residual, ss = maps, os = output)
        {
            (nint xAt, nint rAt, nint sAt, nint oAt) = ((nint)xs, (nint)rs, (nint)ss, (nint)os);
            Run(shape.Samples, threads, (sample, part) =>
            {
                (long from, long count) = Share(shape.Voxels, shape.Channels, part, threads);
                long at = (sample * size) + from;
                Normalise((float*)xAt + at, adds ? (float*)rAt + at : null, count, shape.Channels, (float*)sAt + (sample * 3L * shape.Channels), slope, (float*)oAt + at);
            });
        }
    }

    /// <summary>Computes the gradients of <see cref="Forward"/>.</summary>
    /// <param name="gradient">Gradient of the output, [B, S, C].</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="output">Output of the forward pass; its signs select the slope of the activation.</param>
    /// <param name="shape">B, S and C.</param>
    /// <param name="statistics">As they were.</param>
    /// <param name="weight">As they were.</param>
    /// <param name="slope">As it was.</param>
    /// <param name="ofX">Receives the gradient of x.</param>
    /// <param name="ofResidual">Receives the gradient of the residual; empty for none.</param>
    /// <param name="ofWeights">[2, C]: takes the gradients of weight and bias; empty for none.</param>
    /// <param name="threads">Threads.</param>
    public static void Backward(
        ReadOnlySpan<float> gradient, ReadOnlySpan<float> x, ReadOnlySpan<float> output, (int Samples, int Voxels, int Channels) shape, ReadOnlySpan<float> statistics, ReadOnlySpan<float> weight, float slope,
        Span<float> ofX, Span<float> ofResidual, Span<float> ofWeights, int threads)
    {
        int channels = shape.Channels, parts = threads;
        long size = (long)shape.Voxels * channels;
        bool adds = ofResidual.Length > 0;
        var sums = new double[shape.Samples * parts * 2 * channels];
        var means = new float[shape.Samples * 3 * channels];
        var totals = new double[2 * channels];
        fixed (float* gs = gradient, xs = x, os = output, ss = statistics, dxs = ofX, drs = ofResidual, ms = means)
        fixed (double* into = sums)
        {
            (nint gAt, nint xAt, nint oAt, nint sAt, nint dxAt, nint drAt, nint mAt, nint target) = ((nint)gs, (nint)xs, (nint)os, (nint)ss, (nint)dxs, (nint)drs, (nint)ms, (nint)into);
            Run(shape.Samples, parts, (sample, part) =>
            {
                (long from, long count) = Share(shape.Voxels, channels, part, parts);
                long at = (sample * size) + from;
                double* own = (double*)target + ((((long)sample * parts) + part) * 2 * channels);
                GradientMoments((float*)gAt + at, (float*)xAt + at, (float*)oAt + at, count, channels, (float*)sAt + (sample * 2L * channels), slope, own, own + channels);
            });
            for (int sample = 0; sample < shape.Samples; sample++)
            {
                for (int at = 0; at < 2 * channels; at++)
                {
                    double sum = 0;
                    for (int part = 0; part < parts; part++) sum += sums[(((sample * parts) + part) * 2 * channels) + at];
                    totals[at] += sum;
                    means[(sample * 3 * channels) + at] = (float)(sum / shape.Voxels);
                }
                // The factor of the gradient of x.
                for (int channel = 0; channel < channels; channel++)
                    means[(((sample * 3) + 2) * channels) + channel] = statistics[(((sample * 2) + 1) * channels) + channel] * (weight.Length > 0 ? weight[channel] : 1);
            }
            // The sums of gradients are in the order (bias, weight).
            for (int channel = 0; channel < channels && ofWeights.Length > 0; channel++)
                (ofWeights[channel], ofWeights[channels + channel]) = ((float)totals[channels + channel], (float)totals[channel]);
            Run(shape.Samples, parts, (sample, part) =>
            {
                (long from, long count) = Share(shape.Voxels, channels, part, parts);
                long at = (sample * size) + from;
                Gradients(
                    (float*)gAt + at, (float*)xAt + at, (float*)oAt + at, count, channels, (float*)sAt + (sample * 2L * channels), (float*)mAt + (sample * 3L * channels), slope,
                    (float*)dxAt + at, adds ? (float*)drAt + at : null);
            });
        }
    }

    // A part of a sample, made of whole voxels.
    private static (long From, long Count) Share(int voxels, int channels, int part, int parts)
    {
        long first = (long)voxels * part / parts, end = (long)voxels * (part + 1) / parts;
        return (first * channels, (end - first) * channels);
    }

    // By sample: the mean, the factor, and the offset.
    private static float[] Maps((int Samples, int Voxels, int Channels) shape, ReadOnlySpan<float> statistics, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    {
        int channels = shape.Channels;
        var maps = new float[shape.Samples * 3 * channels];
        for (int sample = 0; sample < shape.Samples; sample++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                int from = (sample * 2 * channels) + channel, to = (sample * 3 * channels) + channel;
                maps[to] = statistics[from];
                maps[to + channels] = statistics[from + channels] * (weight.Length > 0 ? weight[channel] : 1);
                maps[to + (2 * channels)] = bias.Length > 0 ? bias[channel] : 0;
            }
        }
        return maps;
    }

    private static void Run(int samples, int parts, Action<int, int> work) => ComputeThreads.Run(parts, samples * parts, at => work(at / parts, at % parts));

    private static int Period(int channels)
    {
        int common = Unrolled;
        while (common % channels != 0) common += Unrolled;
        return common;
    }

    // One row of C values, repeated over the period.
    private static void Repeat(float* row, int channels, float* into, int period)
    {
        for (int i = 0; i < period; i++) into[i] = row[i % channels];
    }

    // Applies the activation to a value or its gradient: multiplies by the slope if the sign is not positive.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Bent(Vector256<float> value, Vector256<float> sign, Vector256<float> slopes) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(sign, Vector256<float>.Zero), value, value * slopes);

    // Adds the sums of a block's lanes to their channels.
    private static void Flush(float* sums, float* seconds, int period, int channels, double* sum, double* second)
    {
        for (int lane = 0, channel = 0; lane < period; lane++, channel = channel + 1 == channels ? 0 : channel + 1)
        {
            sum[channel] += sums[lane];
            second[channel] += seconds[lane];
        }
    }

    private static void Moments(float* x, long count, int channels, float* first, double* sum, double* squares)
    {
        int period = Period(channels);
        float* shift = stackalloc float[period], sums = stackalloc float[period], seconds = stackalloc float[period];
        Repeat(first, channels, shift, period);
        long at = 0;
        while (at + period <= count)
        {
            new Span<float>(sums, period).Clear();
            new Span<float>(seconds, period).Clear();
            for (int round = 0; round < Block && at + period <= count; round++, at += period)
            {
                for (int lane = 0; lane < period; lane += Lanes)
                {
                    Vector256<float> distance = Vector256.Load(x + at + lane) - Vector256.Load(shift + lane);
                    (Vector256.Load(sums + lane) + distance).Store(sums + lane);
                    Vector256.FusedMultiplyAdd(distance, distance, Vector256.Load(seconds + lane)).Store(seconds + lane);
                }
            }
            Flush(sums, seconds, period, channels, sum, squares);
        }
        // Every part and every period begins with channel 0.
        for (int channel = 0; at < count; at++, channel = channel + 1 == channels ? 0 : channel + 1)
        {
            double distance = x[at] - first[channel];
            sum[channel] += distance;
            squares[channel] += distance * distance;
        }
    }

    private static void Normalise(float* x, float* residual, long count, int channels, float* map, float slope, float* output)
    {
        int period = Period(channels);
        float* mean = stackalloc float[period], scale = stackalloc float[period], added = stackalloc float[period];
        Repeat(map, channels, mean, period);
        Repeat(map + channels, channels, scale, period);
        Repeat(map + (2 * channels), channels, added, period);
        var slopes = Vector256.Create(slope);
        long at = 0;
        for (; at + period <= count; at += period)
        {
            for (int lane = 0; lane < period; lane += Lanes)
            {
                Vector256<float> value = ((Vector256.Load(x + at + lane) - Vector256.Load(mean + lane)) * Vector256.Load(scale + lane)) + Vector256.Load(added + lane);
                if (residual is not null) value += Vector256.Load(residual + at + lane);
                Bent(value, value, slopes).Store(output + at + lane);
            }
        }
        for (int lane = 0; at < count; at++, lane++)
        {
            float value = ((x[at] - mean[lane]) * scale[lane]) + added[lane];
            if (residual is not null) value += residual[at];
            output[at] = value > 0 ? value : value * slope;
        }
    }

    private static void GradientMoments(float* gradient, float* x, float* output, long count, int channels, float* statistics, float slope, double* sum, double* products)
    {
        int period = Period(channels);
        float* mean = stackalloc float[period], scale = stackalloc float[period], sums = stackalloc float[period], seconds = stackalloc float[period];
        Repeat(statistics, channels, mean, period);
        Repeat(statistics + channels, channels, scale, period);
        var slopes = Vector256.Create(slope);
        long at = 0;
        while (at + period <= count)
        {
            new Span<float>(sums, period).Clear();
            new Span<float>(seconds, period).Clear();
            for (int round = 0; round < Block && at + period <= count; round++, at += period)
            {
                for (int lane = 0; lane < period; lane += Lanes)
                {
                    Vector256<float> g = Bent(Vector256.Load(gradient + at + lane), Vector256.Load(output + at + lane), slopes);
                    Vector256<float> value = (Vector256.Load(x + at + lane) - Vector256.Load(mean + lane)) * Vector256.Load(scale + lane);
                    (Vector256.Load(sums + lane) + g).Store(sums + lane);
                    Vector256.FusedMultiplyAdd(g, value, Vector256.Load(seconds + lane)).Store(seconds + lane);
                }
            }
            Flush(sums, seconds, period, channels, sum, products);
        }
        for (int lane = 0; at < count; at++, lane++)
        {
            double g = output[at] > 0 ? gradient[at] : gradient[at] * slope;
            sum[lane % channels] += g;
            products[lane % channels] += g * ((x[at] - mean[lane]) * scale[lane]);
        }
    }

    private static void Gradients(
        float* gradient, float* x, float* output, long count, int channels, float* statistics, float* means, float slope, float* ofX, float* ofResidual)
    {
        int period = Period(channels);
        float* mean = stackalloc float[period], scale = stackalloc float[period], average = stackalloc float[period], product = stackalloc float[period], factor = stackalloc float[period];
        Repeat(statistics, channels, mean, period);
        Repeat(statistics + channels, channels, scale, period);
        Repeat(means, channels, average, period);
        Repeat(means + channels, channels, product, period);
        Repeat(means + (2 * channels), channels, factor, period);
        var slopes = Vector256.Create(slope);
        long at = 0;
        for (; at + period <= count; at += period)
        {
            for (int lane = 0; lane < period; lane += Lanes)
            {
                Vector256<float> g = Bent(Vector256.Load(gradient + at + lane), Vector256.Load(output + at + lane), slopes);
                Vector256<float> value = (Vector256.Load(x + at + lane) - Vector256.Load(mean + lane)) * Vector256.Load(scale + lane);
                ((g - Vector256.Load(average + lane) - (value * Vector256.Load(product + lane))) * Vector256.Load(factor + lane)).Store(ofX + at + lane);
                if (ofResidual is not null) g.Store(ofResidual + at + lane);
            }
        }
        for (int lane = 0; at < count; at++, lane++)
        {
            float g = output[at] > 0 ? gradient[at] : gradient[at] * slope;
            ofX[at] = (g - average[lane] - ((x[at] - mean[lane]) * scale[lane] * product[lane])) * factor[lane];
            if (ofResidual is not null) ofResidual[at] = g;
        }
    }
}
