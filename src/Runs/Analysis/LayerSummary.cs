using HiEndMae.Engine.Metrics;

namespace HiEndMae.Runs.Analysis;

/// <summary>Summary of a measure in one layer over all crops.</summary>
/// <param name="OverCases">Mean over cases of the mean over their crops and heads, with the percentile interval of a bootstrap over cases; null if no crop has a value.</param>
/// <param name="Quartiles">Lower quartile, median and upper quartile over crops.</param>
/// <param name="ByHead">Mean over crops by head; one value if the measure is not by head.</param>
internal sealed record LayerSummary(Statistic? OverCases, (double Low, double Median, double High)? Quartiles, IReadOnlyList<double> ByHead)
{
    private const int BootstrapSamples = 2000;

    /// <summary>Computes the summary.</summary>
    /// <param name="values">[crop][head]; NaN if a crop has no value.</param>
    /// <param name="cases">Index of the case of each crop.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    public static LayerSummary Of(double[][] values, IReadOnlyList<int> cases, int seed)
    {
        double[] crops = [.. values.Select(Mean)];
        double[] known = [.. crops.Where(double.IsFinite).Order()];
        return new LayerSummary(
            OfCases(crops, cases, seed),
            known.Length == 0 ? null : (Quantile(known, 0.25), Quantile(known, 0.5), Quantile(known, 0.75)),
            [.. Enumerable.Range(0, values.Length == 0 ? 0 : values[0].Length).Select(head => Mean([.. values.Select(crop => crop[head])]))]);
    }

    /// <summary>Computes the difference between two models, paired by crop: the mean over cases with its interval.</summary>
    public static Statistic? Difference(double[][] values, double[][] others, IReadOnlyList<int> cases, int seed) =>
        OfCases([.. values.Zip(others, (one, other) => Mean(one) - Mean(other))], cases, seed);

    /// <summary>Computes a quantile by linear interpolation.</summary>
    /// <param name="sorted">At least one value, ascending.</param>
    /// <param name="part">The probability, from 0 to 1.</param>
    public static double Quantile(double[] sorted, double part)
    {
        double rank = part * (sorted.Length - 1);
        int low = (int)rank, high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + ((rank - low) * (sorted[high] - sorted[low]));
    }

    /// <summary>Returns the mean of the finite values; NaN if there are none.</summary>
    public static double Mean(double[] values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    // The bootstrap draws cases, because crops of one case are not independent.
    private static Statistic? OfCases(double[] crops, IReadOnlyList<int> cases, int seed) => Statistic.Of(
        crops.Zip(cases).Where(pair => double.IsFinite(pair.First)).GroupBy(pair => pair.Second, pair => pair.First).Select(group => (double?)group.Average()), BootstrapSamples, seed);
}
