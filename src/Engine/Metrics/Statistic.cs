using HiEndMae.Engine.Randomness;

namespace HiEndMae.Engine.Metrics;

/// <summary>Statistics of a sample with one value per case.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Mean of the values.</param>
/// <param name="StandardDeviation">Standard deviation of the sample (n - 1); null for fewer than two values or infinite ones.</param>
/// <param name="Low">Lower end of the bootstrap interval of the mean, or null.</param>
/// <param name="High">Upper end of the bootstrap interval of the mean, or null.</param>
public sealed record Statistic(int Count, double Mean, double? StandardDeviation, double? Low, double? High)
{
    /// <summary>Two-sided confidence of the interval.</summary>
    public const double Confidence = 0.95;

    /// <summary>Computes the statistics of the values that are not null. Returns null if there are none.</summary>
    /// <param name="values">One value per case; null if it is not scored.</param>
    /// <param name="bootstrapSamples">Number of draws of the percentile bootstrap; 0 for no interval.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static Statistic? Of(IEnumerable<double?> values, int bootstrapSamples, int seed)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] known = [.. values.OfType<double>()];
        if (known.Length == 0) return null;
        double mean = known.Average();
        if (known.Length < 2 || !double.IsFinite(mean)) return new Statistic(known.Length, mean, null, null, null);
        double deviation = Math.Sqrt(known.Sum(value => (value - mean) * (value - mean)) / (known.Length - 1));
        if (bootstrapSamples == 0) return new Statistic(known.Length, mean, deviation, null, null);
        double[] means = Bootstrap(known, bootstrapSamples, seed);
        return new Statistic(known.Length, mean, deviation, Quantile(means, (1 - Confidence) / 2), Quantile(means, (1 + Confidence) / 2));
    }

    private static double[] Bootstrap(double[] values, int samples, int seed)
    {
        var random = new RandomSource(seed, Purpose.Bootstrap);
        var means = new double[samples];
        for (int sample = 0; sample < samples; sample++)
        {
            double sum = 0;
            for (int i = 0; i < values.Length; i++) sum += values[random.NextInt(values.Length)];
            means[sample] = sum / values.Length;
        }
        Array.Sort(means);
        return means;
    }

    private static double Quantile(double[] sorted, double part)
    {
        double rank = part * (sorted.Length - 1);
        int low = (int)rank, high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (rank - low) * (sorted[high] - sorted[low]);
    }
}
