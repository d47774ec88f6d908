namespace HiEndMae.Reports.Statistics;

/// <summary>A mean over seeds with its 95 % confidence interval (Student's t).</summary>
/// <param name="Mean">Mean of the values.</param>
/// <param name="Deviation">Standard deviation (n - 1); null for one value.</param>
/// <param name="HalfWidth">Half of the width of the interval; null for one value.</param>
/// <param name="Count">Number of values, one per seed.</param>
internal sealed record Estimate(double Mean, double? Deviation, double? HalfWidth, int Count)
{
    /// <summary>Lower end of the interval.</summary>
    public double? Low => Mean - HalfWidth;

    /// <summary>Upper end of the interval.</summary>
    public double? High => Mean + HalfWidth;

    /// <summary>The p-value of a mean of 0, two-sided (Student's t); null for one value.</summary>
    public double? PValue => Deviation switch
    {
        null => null,
        0 => Mean == 0 ? 1 : 0,
        { } deviation => StudentT.TwoSided(Mean / (deviation / Math.Sqrt(Count)), Count - 1),
    };

    /// <summary>Computes the estimate of at least one value.</summary>
    public static Estimate Of(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        if (values.Count < 2) return new Estimate(mean, null, null, values.Count);
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new Estimate(mean, deviation, StudentT.Quantile975(values.Count - 1) * deviation / Math.Sqrt(values.Count), values.Count);
    }
}
