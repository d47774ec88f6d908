namespace HiEndMae.Imaging.Tests;

public sealed class IntensityPercentilesTests
{
    // numpy.percentile([3, -1, 4, -1, 5, -9, 2.5, 6], [0, 12.5, 50, 90, 100])
    [Theory]
    [InlineData(0, -9)]
    [InlineData(12.5, -2)]
    [InlineData(50, 2.75)]
    [InlineData(90, 5.3)]
    [InlineData(100, 6)]
    public void Percentiles_equal_those_of_numpy(double percent, double expected)
    {
        float[] values = [3, -1, 4, -1, 5, -9, 2.5f, 6];
        Assert.Equal(expected, IntensityPercentiles.Of(values, percent, 100).Lower, 1e-6);
        Assert.Equal(expected, IntensityPercentiles.Of(values, 0, percent).Upper, 1e-6);
    }

    [Fact]
    public void Percentiles_equal_those_of_a_sorted_list()
    {
        var random = new Random(3);
        for (int repeat = 0; repeat < 50; repeat++)
        {
            float[] values = [.. Enumerable.Range(0, 1 + random.Next(3000)).Select(_ => (float)(Math.Pow(10, random.Next(-3, 7)) * (random.NextDouble() - 0.3)))];
            double percent = 100 * random.NextDouble();
            float[] sorted = [.. values.Order()];
            double place = percent / 100 * (values.Length - 1);
            int rank = (int)place;
            double expected = sorted[rank] + (place - rank) * (sorted[Math.Min(rank + 1, sorted.Length - 1)] - (double)sorted[rank]);
            Assert.Equal(expected, IntensityPercentiles.Of(values, percent, 100).Lower, 1e-9 * Math.Abs(expected));
        }
    }

    [Fact]
    public void Values_that_are_not_finite_are_ignored()
    {
        float[] values = [float.NaN, 1, float.PositiveInfinity, 2, float.NegativeInfinity, 3];
        Assert.Equal((1, 3), IntensityPercentiles.Of(values, 0, 100));
        Assert.Equal((0, 0), IntensityPercentiles.Of([float.NaN], 0, 100));
    }

    [Fact]
    public void Each_channel_is_scaled_by_its_own_percentiles_and_the_scan_stays()
    {
        float[] voxels = [0, 10, 20, 30, 40, 500, 600, 700, 800, 900];
        var volume = new Volume<float>(2, new Size3(5, 1, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), [.. voxels]);
        Volume<float> scaled = IntensityPercentiles.Scale(volume, 25, 75);
        Assert.Equal([0, 0, 0.5f, 1, 1, 0, 0, 0.5f, 1, 1], scaled.Voxels);
        Assert.Equal(voxels, volume.Voxels);
    }

    [Fact]
    public void A_channel_of_one_value_becomes_zero()
    {
        var volume = new Volume<float>(1, new Size3(3, 1, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), [7, 7, 7]);
        Assert.Equal([0, 0, 0], IntensityPercentiles.Scale(volume, 0.5, 99.5).Voxels);
    }
}
