
using HiEndMae.Reports;
using HiEndMae.Reports.Statistics;
using HiEndMae.Verification;

namespace HiEndMae.Host.Tests.Reports;

public sealed class StatisticsTests
{
    // Printed tables of Student's t, two-sided 95 %.
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(10, 2.228)]
    [InlineData(11, 2.201)]
    [InlineData(15, 2.131)]
    [InlineData(20, 2.086)]
    [InlineData(30, 2.042)]
    [InlineData(60, 2.000)]
    [InlineData(120, 1.980)]
    [InlineData(100_000, 1.960)]
    public void Quantiles_equal_printed_tables(int freedom, double expected) => Assert.Equal(expected, StudentT.Quantile975(freedom), 0.0006);

    [Fact]
    public void An_interval_is_mean_and_t_times_standard_error()
    {
        // 61.2, 63.4, 59.8: mean 61.4667, deviation 1.8148, 4.303 * 1.81475 / sqrt(3) = 4.5085.
        Estimate estimate = Estimate.Of([61.2, 63.4, 59.8]);
        Assert.Equal(61.4667, estimate.Mean, 4);
        Assert.Equal(1.8148, estimate.Deviation!.Value, 4);
        Assert.Equal(4.5085, estimate.HalfWidth!.Value, 4);
        Assert.Equal((56.958, 65.975), (Math.Round(estimate.Low!.Value, 3), Math.Round(estimate.High!.Value, 3)));
    }

    [Fact]
    public void One_value_has_no_interval()
    {
        Estimate estimate = Estimate.Of([50]);
        Assert.Equal((50, null, null, 1), (estimate.Mean, estimate.Deviation, estimate.HalfWidth, estimate.Count));
    }
}
