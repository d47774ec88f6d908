using CsCheck;
using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Tests.Metrics;

/// <summary>Against a published example, against every sign of small samples, and against the normal distribution's own values.</summary>
public sealed class SignedRankTestTests
{
    [Fact]
    public void The_example_of_Hollander_and_Wolfe_is_reproduced()
    {
        // Nonparametric Statistical Methods (1973), p. 29: T+ = 40, one-sided p = 0.01953 (R's documentation of wilcox.test has the same).
        double[] first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30], second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        SignedRankTest test = SignedRankTest.Of(first.Zip(second, (a, b) => a - b));
        Assert.Equal(40, test.Positive);
        Assert.Equal(9, test.Count);
        Assert.True(test.IsExact);
        Assert.Equal(0.0390625, test.PValue, 1e-12);
    }

    [Fact]
    public void Small_samples_with_ties_and_zeros_agree_with_an_enumeration_of_all_signs()
    {
        Gen.Int[-4, 4].Array[1, 11].Sample(values =>
        {
            SignedRankTest test = SignedRankTest.Of(values.Select(value => value * 0.1));
            int[] kept = [.. values.Where(value => value != 0)];
            double[] ranks = [.. kept.Select(value => kept.Count(other => Math.Abs(other) < Math.Abs(value)) + (kept.Count(other => Math.Abs(other) == Math.Abs(value)) + 1) / 2.0)];
            double positive = kept.Zip(ranks, (value, rank) => value > 0 ? rank : 0).Sum();
            double below = 0, above = 0, all = 1 << kept.Length;
            for (int signs = 0; signs < all; signs++)
            {
                double sum = ranks.Where((_, i) => (signs >> i & 1) != 0).Sum();
                if (sum <= positive) below++;
                if (sum >= positive) above++;
            }
            Assert.Equal(kept.Length, test.Count);
            Assert.Equal(positive, test.Positive, 1e-12);
            Assert.Equal(Math.Min(1, 2 * Math.Min(below, above) / all), test.PValue, 1e-12);
        }, iter: 500, threads: 1);
    }

    [Theory]
    [InlineData(1.959963984540054, 0.05)]
    [InlineData(2.5758293035489004, 0.01)]
    [InlineData(0.6744897501960817, 0.5)]
    [InlineData(4.417173413469020, 1e-5)]
    public void Large_samples_use_the_normal_distribution(double z, double p)
    {
        // 200 differences of one size: every rank is 100.5, so the statistic is 100.5 times the number of positive ones.
        const int count = 200;
        double deviation = 100.5 * Math.Sqrt(count) / 2, mean = 100.5 * count / 2;
        for (int positive = 101; positive <= 160; positive++)
        {
            SignedRankTest test = SignedRankTest.Of(Enumerable.Range(0, count).Select(i => i < positive ? 1.0 : -1));
            Assert.False(test.IsExact);
            double at = (100.5 * positive - mean - 0.5) / deviation;
            // Around the place where the deviation is z, the p-values lie on both sides of p.
            if (at < z) Assert.True(test.PValue > p);
            else Assert.True(test.PValue <= p * (1 + 1e-9));
        }
    }

    [Fact]
    public void The_normal_approximation_is_close_to_the_exact_distribution_where_they_meet()
    {
        double[] differences = [.. Enumerable.Range(1, 50).Select(i => i % 3 == 0 ? -i : (double)i)];
        SignedRankTest exact = SignedRankTest.Of(differences), normal = SignedRankTest.Of([.. differences, 1e-3]);
        Assert.True(exact.IsExact);
        Assert.False(normal.IsExact);
        Assert.InRange(normal.PValue / exact.PValue, 0.7, 1.4);
    }

    [Fact]
    public void Equal_samples_have_p_value_one()
    {
        Assert.Equal(1, SignedRankTest.Of([0, 0]).PValue);
        Assert.Equal(1, SignedRankTest.Of([1, -1]).PValue);
        Assert.Equal(0, SignedRankTest.Of([]).Count);
    }

    [Fact]
    public void Holm_s_adjustment_steps_down()
    {
        double[] expected = [0.04, 0.06, 0.06, 0.06], adjusted = SignedRankTest.Holm([0.01, 0.02, 0.03, 0.04]);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], adjusted[i], 1e-12);
        Assert.Equal([1.0, 1.0], SignedRankTest.Holm([0.6, 0.9]));
    }
}
