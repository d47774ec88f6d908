namespace HiEndMae.Imaging.Tests;

public sealed class IntensityWindowTests
{
    [Fact]
    public void Values_of_any_length_are_clipped_and_scaled()
    {
        float[] values = [-2000, -175, 37.5f, 250, 3000, float.NegativeInfinity, float.PositiveInfinity];
        float[] expected = [0, 0, 0.5f, 1, 1, 0, 1];
        for (int length = 0; length < 80; length++)
        {
            float[] voxels = [.. Enumerable.Range(0, length).Select(i => values[i % values.Length])];
            IntensityWindow.Apply(voxels, -175, 250);
            Assert.Equal(Enumerable.Range(0, length).Select(i => expected[i % values.Length]), voxels);
        }
    }

    [Fact]
    public void NaN_stays_NaN()
    {
        float[] voxels = [.. Enumerable.Repeat(float.NaN, 33)];
        IntensityWindow.Apply(voxels, -175, 250);
        Assert.All(voxels, value => Assert.True(float.IsNaN(value)));
    }
}
