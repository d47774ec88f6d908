
using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports;
using HiEndMae.Reports.Statistics;
using HiEndMae.Reports.Tables;
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

    // Printed tables of Student's t, two-sided 5 % and 1 %.
    [Theory]
    [InlineData(1, 12.706, 0.05)]
    [InlineData(1, 63.657, 0.01)]
    [InlineData(2, 4.303, 0.05)]
    [InlineData(3, 5.841, 0.01)]
    [InlineData(4, 2.776, 0.05)]
    [InlineData(4, 4.604, 0.01)]
    [InlineData(9, -3.250, 0.01)]
    [InlineData(30, 2.042, 0.05)]
    [InlineData(121, 1.980, 0.05)]
    [InlineData(7, 0, 1)]
    public void P_values_equal_printed_tables(int freedom, double t, double expected) => Assert.Equal(expected, StudentT.TwoSided(t, freedom), 0.001 * expected);

    [Fact]
    public void Verdicts_take_the_number_of_comparisons_into_account()
    {
        // Differences of hippocampus, one case: t = 2.99, 3.05 and 0.53 with 4 degrees of freedom, p = 0.040, 0.038 and 0.622; Holm: 2 x 0.040, 3 x 0.038 (which is larger), 0.622.
        double[][] differences = [[2.87, 2.17, 2.33, 0.47, 6.17], [-0.65, 5.87, 4.27, 2.93, 5.11], [-3.52, 3.70, 1.94, 2.46, -1.06]];
        Comparison[] alone = [.. differences.Select(one => Comparison.Adjusted([Of(one)]).Single())], together = [.. Comparison.Adjusted(differences.Select(Of))];
        Assert.Equal(["better", "better", "no difference shown"], alone.Select(one => one.Verdict));
        Assert.Equal(["no difference shown", "no difference shown", "no difference shown"], together.Select(one => one.Verdict));
        Assert.Equal(0.114, together[1].AdjustedP!.Value, 3);
        Assert.Equal(together[1].AdjustedP, together[0].AdjustedP);
        Assert.Equal(alone[2].AdjustedP, together[2].AdjustedP);

        static Comparison Of(double[] values) => new(new PaperQuestion("row", "other"), "mean", Estimate.Of(values), "", null);
    }

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
