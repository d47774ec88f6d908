namespace HiEndMae.Engine.Metrics;

/// <summary>Wilcoxon's signed-rank test of paired differences.</summary>
/// <param name="Count">Number of differences that are not zero.</param>
/// <param name="Positive">Sum of the ranks of positive differences.</param>
/// <param name="PValue">The two-sided p-value.</param>
/// <param name="IsExact">Whether the p-value comes from the exact distribution of the ranks, with ties, instead of the normal approximation.</param>
/// <remarks>Zero differences are dropped, and ties get their mean rank (Wilcoxon 1945; Hollander and Wolfe, Nonparametric Statistical Methods, chapter 3).</remarks>
public sealed record SignedRankTest(int Count, double Positive, double PValue, bool IsExact)
{
    /// <summary>Largest number of differences for which the exact distribution is computed.</summary>
    public const int MostExact = 50;

    /// <summary>Tests whether differences are centred at zero.</summary>
    /// <param name="differences">Finite differences of pairs.</param>
    public static SignedRankTest Of(IEnumerable<double> differences)
    {
        ArgumentNullException.ThrowIfNull(differences);
        double[] kept = [.. differences.Where(value => value != 0).OrderBy(Math.Abs)];
        if (kept.Length == 0) return new SignedRankTest(0, 0, 1, true);
        int[] doubled = DoubledRanks(kept);
        int positive = kept.Zip(doubled, (value, rank) => value > 0 ? rank : 0).Sum();
        bool exact = kept.Length <= MostExact;
        return new SignedRankTest(kept.Length, positive / 2.0, exact ? Exact(doubled, positive) : Normal(doubled, positive), exact);
    }

    /// <summary>Adjusts p-values for multiple tests by Holm's step-down procedure.</summary>
    public static double[] Holm(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        var adjusted = new double[pValues.Count];
        double largest = 0;
        foreach ((int place, int index) in Enumerable.Range(0, pValues.Count).OrderBy(index => pValues[index]).Index())
        {
            largest = Math.Max(largest, Math.Min(1, (pValues.Count - place) * pValues[index]));
            adjusted[index] = largest;
        }
        return adjusted;
    }

    // Twice a rank is a whole number, with or without ties.
    private static int[] DoubledRanks(double[] sorted)
    {
        // Differences that are equal in decimal may differ in their last bits.
        double same = 1e-12 * Math.Abs(sorted[^1]);
        var ranks = new int[sorted.Length];
        for (int first = 0; first < sorted.Length;)
        {
            int end = first + 1;
            while (end < sorted.Length && Math.Abs(sorted[end]) - Math.Abs(sorted[first]) <= same) end++;
            Array.Fill(ranks, first + 1 + end, first, end - first);
            first = end;
        }
        return ranks;
    }

    // Probability of each sum over all 2^n combinations of signs.
    private static double Exact(int[] doubled, int positive)
    {
        int most = doubled.Sum();
        var chance = new double[most + 1];
        chance[0] = 1;
        int reach = 0;
        foreach (int rank in doubled)
        {
            reach += rank;
            for (int sum = reach; sum >= 0; sum--) chance[sum] = (chance[sum] + (sum >= rank ? chance[sum - rank] : 0)) / 2;
        }
        double below = chance.AsSpan(0, positive + 1).ToArray().Sum(), above = chance.AsSpan(positive).ToArray().Sum();
        return Math.Min(1, 2 * Math.Min(below, above));
    }

    // Mean and variance of the conditional distribution given the ties, with a continuity correction of half a rank.
    private static double Normal(int[] doubled, int positive)
    {
        double mean = doubled.Sum() / 4.0, variance = doubled.Sum(rank => (double)rank * rank) / 16, away = Math.Abs(positive / 2.0 - mean);
        double z = Math.Max(0, away - 0.5) / Math.Sqrt(variance);
        return Math.Min(1, 2 * UpperTail(z));
    }

    // Complementary error function by its continued fraction or series: W. J. Cody's accuracy is not needed, six digits are exceeded.
    private static double UpperTail(double z)
    {
        double x = z / Math.Sqrt(2);
        if (x < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; n < 200 && Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 0.5 - sum / Math.Sqrt(Math.PI);
        }
        double fraction = 0;
        for (int n = 60; n > 0; n--) fraction = n / 2.0 / (x + fraction);
        return Math.Exp(-x * x) / (2 * Math.Sqrt(Math.PI) * (x + fraction));
    }
}
