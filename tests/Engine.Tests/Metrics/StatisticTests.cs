using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Tests.Metrics;

public sealed class StatisticTests
{
    [Fact]
    public void Mean_deviation_and_count_leave_out_excluded_values()
    {
        Statistic statistic = Statistic.Of([2, null, 4, 9], 0, 0)!;
        Assert.Equal(3, statistic.Count);
        Assert.Equal(5, statistic.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(13), statistic.StandardDeviation!.Value, 1e-12);
        Assert.Null(statistic.Low);
        Assert.Null(Statistic.Of([null, null], 100, 0));
        Assert.Null(Statistic.Of([0.5], 100, 0)!.Low);
        Assert.Equal(double.PositiveInfinity, Statistic.Of([1, double.PositiveInfinity], 100, 0)!.Mean);
    }

    [Fact]
    public void The_bootstrap_interval_of_two_values_is_that_of_all_their_draws()
    {
        // Means of two draws from {0, 1}: 0 and 1 with chance 1/4 each, 0.5 with 1/2; the middle 95 % reach from 0 to 1.
        Statistic statistic = Statistic.Of([0, 1], 4000, 5)!;
        Assert.Equal(0, statistic.Low);
        Assert.Equal(1, statistic.High);
    }

    [Fact]
    public void The_bootstrap_interval_of_many_values_is_close_to_the_normal_one_and_repeats_with_its_seed()
    {
        double?[] values = [.. Enumerable.Range(0, 100).Select(i => (double?)(i * 37 % 100 / 100.0))];
        Statistic statistic = Statistic.Of(values, 4000, 7)!;
        double half = 1.96 * statistic.StandardDeviation!.Value / 10;
        Assert.Equal(statistic.Mean - half, statistic.Low!.Value, 0.1 * half);
        Assert.Equal(statistic.Mean + half, statistic.High!.Value, 0.1 * half);
        Assert.Equal(statistic, Statistic.Of(values, 4000, 7));
        Assert.NotEqual(statistic, Statistic.Of(values, 4000, 8));
    }
}
