namespace HiEndMae.Imaging.Tests;

public sealed class IntensityZScoreTests
{
    // Two channels: 0 2 4 6 (deviation sqrt(5)) and 0 0 10 30 (of the nonzero: mean 20, deviation 10).
    private static Volume<float> Two() => new(2, new Size3(4, 1, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), [0, 2, 4, 6, 0, 0, 10, 30]);

    [Fact]
    public void Each_channel_is_normalised_over_all_voxels()
    {
        double root = Math.Sqrt(5), other = Math.Sqrt(150);
        float[] expected = [.. new[] { -3 / root, -1 / root, 1 / root, 3 / root, -10 / other, -10 / other, 0, 20 / other }.Select(value => (float)value)];
        Volume<float> volume = Two(), found = IntensityZScore.Normalise(volume, nonzero: false, clip: null);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found.Voxels[i], 1e-6);
        Assert.Equal(Two().Voxels, volume.Voxels);
    }

    [Fact]
    public void Only_nonzero_voxels_are_normalised_and_zero_stays_zero()
    {
        float edge = (float)Math.Sqrt(1.5);
        float[] expected = [0, -edge, 0, edge, 0, 0, -1, 1], found = IntensityZScore.Normalise(Two(), nonzero: true, clip: null).Voxels;
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-6);
        Assert.Equal(1, IntensityZScore.Normalise(Two(), nonzero: true, clip: (-0.5, 1)).Voxels[3]);
        Assert.Equal(-0.5f, IntensityZScore.Normalise(Two(), nonzero: true, clip: (-0.5, 1)).Voxels[1]);
    }

    [Fact]
    public void A_channel_of_one_value_becomes_zero_and_large_means_do_not_cancel()
    {
        var flat = new Volume<float>(1, new Size3(3, 1, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), [7, 7, 7]);
        Assert.Equal([0, 0, 0], IntensityZScore.Normalise(flat, nonzero: false, clip: null).Voxels);
        var large = new Volume<float>(1, new Size3(2, 1, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), [1_500_000, 1_500_001]);
        Assert.Equal([-1, 1], IntensityZScore.Normalise(large, nonzero: false, clip: null).Voxels);
    }
}
