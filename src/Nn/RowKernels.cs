using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HiEndMae.Nn;

/// <summary>The operations of a transformer block on rows of tokens other than matrix products, on one thread: LayerNorm, GELU, softmax, biases, and their gradients. Rows are contiguous.</summary>
internal static unsafe class RowKernels
{
    private const int Lanes = 8;

    /// <summary>Fills rows with a bias, plus a residual if there is one.</summary>
    /// <param name="residual">[rows, width]; null for none.</param>
    /// <param name="bias">[width].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="output">[rows, width].</param>
    public static void Begin(float* residual, float* bias, int rows, int width, float* output)
    {
        for (int row = 0; row < rows; row++, output += width)
        {
            var target = new Span<float>(output, width);
            new ReadOnlySpan<float>(bias, width).CopyTo(target);
            if (residual is null) continue;
            Add(residual, output, width);
            residual += width;
        }
    }

    /// <summary>LayerNorm of rows.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="bias">[width].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="output">[rows, width].</param>
    /// <param name="statistics">Receives mean and 1 / deviation of every row.</param>
    public static void Norm(float* x, float* weight, float* bias, int rows, int width, float eps, float* output, float* statistics)
    {
        for (int row = 0; row < rows; row++, x += width, output += width, statistics += 2)
        {
            float mean = Sum(x, width) / width, variance = SumOfSquares(x, mean, width) / width, scale = 1 / MathF.Sqrt(variance + eps);
            (statistics[0], statistics[1]) = (mean, scale);
            Vector256<float> means = Vector256.Create(mean), scales = Vector256.Create(scale);
            int at = 0;
            for (; at + Lanes <= width; at += Lanes)
            {
                Vector256<float> value = (Vector256.Load(x + at) - means) * scales;
                Vector256.FusedMultiplyAdd(value, Vector256.Load(weight + at), Vector256.Load(bias + at)).Store(output + at);
            }
            for (; at < width; at++) output[at] = ((x[at] - mean) * scale * weight[at]) + bias[at];
        }
    }

    /// <summary>The gradient of <see cref="Norm"/>, added to another gradient.</summary>
    /// <param name="gradient">Gradient of the output, [rows, width].</param>
    /// <param name="x">Input of the norm.</param>
    /// <param name="statistics">From <see cref="Norm"/>.</param>
    /// <param name="weight">[width].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="residual">Gradient that is added, [rows, width].</param>
    /// <param name="ofX">[rows, width].</param>
    /// <param name="ofWeights">[2, width]: the gradients of weight and bias are added to it.</param>
    public static void NormGradient(float* gradient, float* x, float* statistics, float* weight, int rows, int width, float* residual, float* ofX, float* ofWeights)
    {
        for (int row = 0; row < rows; row++, gradient += width, x += width, statistics += 2, residual += width, ofX += width)
        {
            (float mean, float scale) = (statistics[0], statistics[1]);
            Vector256<float> means = Vector256.Create(mean), scales = Vector256.Create(scale), sum = default, product = default;
            int at = 0;
            for (; at + Lanes <= width; at += Lanes)
            {
                Vector256<float> g = Vector256.Load(gradient + at), value = (Vector256.Load(x + at) - means) * scales;
                Vector256.FusedMultiplyAdd(g, value, Vector256.Load(ofWeights + at)).Store(ofWeights + at);
                (Vector256.Load(ofWeights + width + at) + g).Store(ofWeights + width + at);
                g *= Vector256.Load(weight + at);
                sum += g;
                product = Vector256.FusedMultiplyAdd(g, value, product);
            }
            float total = Vector256.Sum(sum), along = Vector256.Sum(product);
            for (; at < width; at++)
            {
                float g = gradient[at], value = (x[at] - mean) * scale;
                ofWeights[at] += g * value;
                ofWeights[width + at] += g;
                total += g * weight[at];
                along += g * weight[at] * value;
            }
            (total, along) = (total / width, along / width);
            Vector256<float> totals = Vector256.Create(total), alongs = Vector256.Create(along);
            for (at = 0; at + Lanes <= width; at += Lanes)
            {
                Vector256<float> value = (Vector256.Load(x + at) - means) * scales, g = Vector256.Load(gradient + at) * Vector256.Load(weight + at);
                Vector256.FusedMultiplyAdd(g - totals - (value * alongs), scales, Vector256.Load(residual + at)).Store(ofX + at);
            }
            for (; at < width; at++) ofX[at] = (((gradient[at] * weight[at]) - total - ((x[at] - mean) * scale * along)) * scale) + residual[at];
        }
    }

    /// <summary>GELU (by erf) in place, and its slope.</summary>
    /// <param name="values">Receives x P(X &lt; x) of a standard normal X.</param>
    /// <param name="slopes">Receives the derivative at each value.</param>
    /// <param name="count">Number of values.</param>
    public static void Gelu(float* values, float* slopes, long count)
    {
        long at = 0;
        for (; at + Lanes <= count; at += Lanes)
        {
            (Vector256<float> value, Vector256<float> slope) = Gelu(Vector256.Load(values + at));
            value.Store(values + at);
            slope.Store(slopes + at);
        }
        if (at == count) return;
        float* rest = stackalloc float[2 * Lanes];
        int left = (int)(count - at);
        new Span<float>(rest, Lanes).Clear();
        new ReadOnlySpan<float>(values + at, left).CopyTo(new Span<float>(rest, left));
        (Vector256<float> last, Vector256<float> lastSlope) = Gelu(Vector256.Load(rest));
        last.Store(rest);
        lastSlope.Store(rest + Lanes);
        new ReadOnlySpan<float>(rest, left).CopyTo(new Span<float>(values + at, left));
        new ReadOnlySpan<float>(rest + Lanes, left).CopyTo(new Span<float>(slopes + at, left));
    }

    /// <summary><c>a *= b</c>.</summary>
    public static void Multiply(float* a, float* b, long count)
    {
        long at = 0;
        for (; at + Lanes <= count; at += Lanes) (Vector256.Load(a + at) * Vector256.Load(b + at)).Store(a + at);
        for (; at < count; at++) a[at] *= b[at];
    }

    /// <summary><c>b += a</c>.</summary>
    public static void Add(float* a, float* b, long count)
    {
        long at = 0;
        for (; at + Lanes <= count; at += Lanes) (Vector256.Load(a + at) + Vector256.Load(b + at)).Store(b + at);
        for (; at < count; at++) b[at] += a[at];
    }

    /// <summary>Sums of columns.</summary>
    /// <param name="matrix">First element of the first column.</param>
    /// <param name="step">Floats from one row to the next.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="sums">Receives the sums.</param>
    public static void ColumnSums(float* matrix, long step, int rows, int columns, float* sums)
    {
        new Span<float>(sums, columns).Clear();
        for (int row = 0; row < rows; row++, matrix += step) Add(matrix, sums, columns);
    }

    /// <summary>The scalar product of two rows.</summary>
    public static float Dot(float* a, float* b, int count)
    {
        Vector256<float> sum = default;
        int at = 0;
        for (; at + Lanes <= count; at += Lanes) sum = Vector256.FusedMultiplyAdd(Vector256.Load(a + at), Vector256.Load(b + at), sum);
        float total = Vector256.Sum(sum);
        for (; at < count; at++) total += a[at] * b[at];
        return total;
    }

    /// <summary>Replaces the values of a row by <c>exp(x - max)</c>, and the padding after its end by 0.</summary>
    /// <param name="row">The row; there is room for <paramref name="padded"/> values.</param>
    /// <param name="count">Number of values.</param>
    /// <param name="padded">A multiple of 8, at least <paramref name="count"/>.</param>
    /// <returns>The largest value, and the sum of the exponentials.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Largest, float Sum) Exponentials(float* row, int count, int padded)
    {
        new Span<float>(row + count, padded - count).Fill(float.NegativeInfinity);
        Vector256<float> largest = Vector256.Load(row);
        for (int at = Lanes; at < padded; at += Lanes) largest = Vector256.Max(largest, Vector256.Load(row + at));
        float most = float.NegativeInfinity;
        for (int lane = 0; lane < Lanes; lane++) most = Math.Max(most, largest[lane]);
        return (most, Exponentials(row, most, padded));
    }

    /// <summary>Replaces a padded row by <c>exp(x - shift)</c>, and returns the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Exponentials(float* row, float shift, int padded)
    {
        Vector256<float> sum = default, less = Vector256.Create(shift);
        for (int at = 0; at < padded; at += Lanes)
        {
            Vector256<float> value = Exp(Vector256.Load(row + at) - less);
            value.Store(row + at);
            sum += value;
        }
        return Vector256.Sum(sum);
    }

    /// <summary><c>p (g - shift)</c> in place of g.</summary>
    public static void SoftmaxGradient(float* p, float* g, float shift, int padded)
    {
        var less = Vector256.Create(shift);
        for (int at = 0; at < padded; at += Lanes) (Vector256.Load(p + at) * (Vector256.Load(g + at) - less)).Store(g + at);
    }

    /// <summary><c>a *= factor</c>.</summary>
    public static void Scale(float* a, float factor, int count)
    {
        var factors = Vector256.Create(factor);
        int at = 0;
        for (; at + Lanes <= count; at += Lanes) (Vector256.Load(a + at) * factors).Store(a + at);
        for (; at < count; at++) a[at] *= factor;
    }

    private static float Sum(float* x, int width)
    {
        Vector256<float> sum = default;
        int at = 0;
        for (; at + Lanes <= width; at += Lanes) sum += Vector256.Load(x + at);
        float total = Vector256.Sum(sum);
        for (; at < width; at++) total += x[at];
        return total;
    }

    private static float SumOfSquares(float* x, float mean, int width)
    {
        Vector256<float> sum = default, means = Vector256.Create(mean);
        int at = 0;
        for (; at + Lanes <= width; at += Lanes)
        {
            Vector256<float> value = Vector256.Load(x + at) - means;
            sum = Vector256.FusedMultiplyAdd(value, value, sum);
        }
        float total = Vector256.Sum(sum);
        for (; at < width; at++) total += (x[at] - mean) * (x[at] - mean);
        return total;
    }

    // exp(x) for x <= 88: 2^n times a polynomial in the remainder, whose magnitude is ln(2) / 2 at most (Taylor, degree 7; the error is below 1.2 units in the last place).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exp(Vector256<float> x)
    {
        const float Least = -87.3f, HighPart = 0.693359375f, LowPart = -2.12194440e-4f;
        x = Vector256.Max(x, Vector256.Create(Least));
        Vector256<float> n = Vector256.Round(x * Vector256.Create(1.44269504f));
        Vector256<float> rest = Vector256.FusedMultiplyAdd(n, Vector256.Create(-HighPart), x);
        rest = Vector256.FusedMultiplyAdd(n, Vector256.Create(-LowPart), rest);
        Vector256<float> sum = Vector256.Create(1 / 5040f);
        sum = Vector256.FusedMultiplyAdd(sum, rest, Vector256.Create(1 / 720f));
        sum = Vector256.FusedMultiplyAdd(sum, rest, Vector256.Create(1 / 120f));
        sum = Vector256.FusedMultiplyAdd(sum, rest, Vector256.Create(1 / 24f));
        sum = Vector256.FusedMultiplyAdd(sum, rest, Vector256.Create(1 / 6f));
        sum = Vector256.FusedMultiplyAdd(sum, rest, Vector256.Create(0.5f));
        sum = Vector256.FusedMultiplyAdd(sum, rest, Vector256<float>.One);
        sum = Vector256.FusedMultiplyAdd(sum, rest, Vector256<float>.One);
        Vector256<int> power = Vector256.ShiftLeft(Vector256.ConvertToInt32(n) + Vector256.Create(127), 23);
        return sum * power.AsSingle();
    }

    // The normal distribution by Abramowitz and Stegun, 7.1.26, whose error is below 1.5e-7; its exponential is that of the density.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Value, Vector256<float> Slope) Gelu(Vector256<float> x)
    {
        Vector256<float> size = Vector256.Abs(x);
        Vector256<float> t = Vector256<float>.One / Vector256.FusedMultiplyAdd(size, Vector256.Create(0.3275911f * 0.70710678f), Vector256<float>.One);
        Vector256<float> bell = Exp(x * x * Vector256.Create(-0.5f));
        var sum = Vector256.Create(1.061405429f);
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(-1.453152027f));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(1.421413741f));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(-0.284496736f));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(0.254829592f));
        Vector256<float> tail = sum * t * bell * Vector256.Create(0.5f); // P(X > |x|)
        Vector256<float> below = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), tail, Vector256<float>.One - tail);
        return (x * below, Vector256.FusedMultiplyAdd(x * bell, Vector256.Create(0.39894228f), below));
    }
}
