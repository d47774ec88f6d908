namespace HiEndMae.Plugins.Pretext;

/// <summary>A random curve through [0, 1] x [0, 1] that maps intensities to new ones.</summary>
/// <remarks>Source: MrGiovanni/ModelsGenesis, pytorch/utils.py, nonlinear_transformation: a cubic Bezier curve of 100,000 points, interpolated linearly between them as numpy.interp does.</remarks>
internal sealed class BezierCurve
{
    private const int NumPoints = 100_000, NumBuckets = 4096;
    private readonly double[] x;
    private readonly double[] y;
    // For each section of [0, 1], the first point at or after its start.
    private readonly int[] buckets = new int[NumBuckets + 1];

    /// <summary>Creates the curve.</summary>
    /// <param name="points">x and y of the four control points.</param>
    /// <param name="inverted">Whether only x is sorted, so that the curve decreases.</param>
    public BezierCurve(ReadOnlySpan<double> points, bool inverted)
    {
        (x, y) = Points(points, NumPoints);
        Array.Sort(x);
        if (!inverted) Array.Sort(y);
        int at = 0;
        for (int bucket = 0; bucket <= NumBuckets; bucket++)
        {
            while (at < x.Length && x[at] < bucket / (double)NumBuckets) at++;
            buckets[bucket] = at;
        }
    }

    /// <summary>Points of the curve, from the last control point to the first.</summary>
    public static (double[] X, double[] Y) Points(ReadOnlySpan<double> points, int count)
    {
        double[] x = new double[count], y = new double[count];
        for (int i = 0; i < count; i++)
        {
            double t = i / (double)(count - 1), s = 1 - t;
            double first = t * t * t, second = 3 * t * t * s, third = 3 * t * s * s, fourth = s * s * s;
            x[i] = (first * points[0]) + (second * points[2]) + (third * points[4]) + (fourth * points[6]);
            y[i] = (first * points[1]) + (second * points[3]) + (third * points[5]) + (fourth * points[7]);
        }
        return (x, y);
    }

    /// <summary>Evaluates the curve. Beyond its ends, it is constant.</summary>
    public double At(double value)
    {
        if (!(value > x[0])) return y[0];
        if (value >= x[^1]) return y[^1];
        // The last point that is not greater than the value.
        int low = Math.Max(0, buckets[(int)(Math.Clamp(value, 0, 1) * NumBuckets)] - 1);
        while (low > 0 && x[low] > value) low--;
        while (x[low + 1] <= value) low++;
        return ((y[low + 1] - y[low]) / (x[low + 1] - x[low]) * (value - x[low])) + y[low];
    }

    /// <summary>Maps values in place.</summary>
    public void Apply(Span<float> values)
    {
        foreach (ref float value in values) value = (float)At(value);
    }
}
