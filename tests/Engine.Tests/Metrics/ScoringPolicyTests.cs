using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Metrics;

public sealed class ScoringPolicyTests
{
    private const double Penalty = 100;
    private static readonly OrganMeasure Missed = new(0, 5, 0, 0.001, null), Invented = new(5, 0, 0, 0.001, null), Absent = new(0, 0, 0, 0.001, null);

    [Theory]
    [InlineData(ScoreMetric.Dice, 0.0)]
    [InlineData(ScoreMetric.Iou, 0.0)]
    [InlineData(ScoreMetric.SurfaceDice, 0.0)]
    [InlineData(ScoreMetric.Hd95, Penalty)]
    [InlineData(ScoreMetric.Assd, Penalty)]
    public void The_strict_policy_never_drops_an_organ_that_one_map_has(ScoreMetric metric, double worst)
    {
        var policy = new ScoringPolicy(MissingOrgans.Strict, true, 1);
        Assert.Equal(worst, policy.Score(metric, Missed, Penalty));
        Assert.Equal(worst, policy.Score(metric, Invented, Penalty));
        Assert.Null(policy.Score(metric, Absent, Penalty));
    }

    // What compute_dice, compute_iou, compute_hausdorff_distance, compute_average_surface_distance and compute_surface_dice of MONAI 1.2 give; null for NaN.
    [Theory]
    [InlineData(ScoreMetric.Dice, 0.0, null)]
    [InlineData(ScoreMetric.Iou, 0.0, null)]
    [InlineData(ScoreMetric.SurfaceDice, 0.0, 0.0)]
    [InlineData(ScoreMetric.Hd95, null, null)]
    [InlineData(ScoreMetric.Assd, double.PositiveInfinity, double.PositiveInfinity)]
    public void The_monai_policy_leaves_out_the_same_cases_as_MONAI(ScoreMetric metric, double? missed, double? invented)
    {
        var policy = new ScoringPolicy(MissingOrgans.Monai, true, 1);
        Assert.Equal(missed, policy.Score(metric, Missed, Penalty));
        Assert.Equal(invented, policy.Score(metric, Invented, Penalty));
        Assert.Null(policy.Score(metric, Absent, Penalty));
    }

    [Fact]
    public void Assd_weighs_voxels_or_directions()
    {
        var measure = new OrganMeasure(10, 10, 5, 0.001, new SurfaceMeasure(3, 1, 4, 6, 2, 0.5));
        Assert.Equal((6 * 1 + 2 * 4) / 8.0, new ScoringPolicy(MissingOrgans.Strict, true, 1).Score(ScoreMetric.Assd, measure, Penalty)!.Value, 1e-12);
        Assert.Equal(2.5, new ScoringPolicy(MissingOrgans.Monai, true, 1).Score(ScoreMetric.Assd, measure, Penalty)!.Value, 1e-12);
        Assert.Equal(0.5, new ScoringPolicy(MissingOrgans.Strict, true, 1).Score(ScoreMetric.Dice, measure, Penalty)!.Value, 1e-12);
        Assert.Equal(5.0 / 15, new ScoringPolicy(MissingOrgans.Strict, true, 1).Score(ScoreMetric.Iou, measure, Penalty)!.Value, 1e-12);
    }

    [Fact]
    public void The_penalty_is_the_diagonal_of_the_image() => Assert.Equal(13, ScoringPolicy.Diagonal(new Size3(3, 2, 12), new Spacing3(1, 2, 1)), 1e-12);

    [Fact]
    public void Policies_are_found_by_their_keys()
    {
        foreach (ScoreMetric metric in Enum.GetValues<ScoreMetric>()) Assert.Equal(metric, ScoreMetrics.Find(metric.Key()));
        Assert.Null(ScoreMetrics.Find("hd96"));
    }
}
