using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

/// <summary>Positive and negative voxels against a plain count of them.</summary>
public sealed class PreparedCaseTests
{
    private static readonly Size3 Size = new(5, 6, 7);

    [Theory]
    [InlineData(false, 1, 4)]
    [InlineData(true, 1, 4)]
    [InlineData(true, 1, 400)]
    [InlineData(false, 2, 4)]
    public void Every_positive_and_negative_voxel_is_found_by_its_index(bool labelled, int channels, int classes)
    {
        var random = new Random(7);
        float[] values = [.. Enumerable.Range(0, (int)Size.Count).Select(_ => random.Next(3) == 0 ? 0f : 0.5f)];
        int[] labels = [.. Enumerable.Range(0, (int)Size.Count).Select(_ => random.Next(4) == 0 ? classes - 1 : 0)];
        int At(int x, int y, int z) => (x * Size.Y + y) * Size.Z + z;
        var source = new MadeCase("a", Size, (x, y, z) => values[At(x, y, z)], labelled ? (x, y, z) => labels[At(x, y, z)] : null, channels);
        using PreparedCase stored = Made.Prepared(source, classes);
        int[] positives = [.. Enumerable.Range(0, values.Length).Where(i => labelled ? labels[i] > 0 : values[i] > 0)];
        int[] negatives = [.. Enumerable.Range(0, values.Length).Where(i => labelled ? labels[i] == 0 && values[i] > 0 : values[i] == 0)];
        Assert.Equal((positives.Length, negatives.Length), (stored.NumPositive, stored.NumNegative));
        Assert.Equal(positives, Enumerable.Range(0, stored.NumPositive).Select(stored.Positive));
        Assert.Equal(negatives, Enumerable.Range(0, stored.NumNegative).Select(stored.Negative));
    }

    [Fact]
    public void Intensities_are_stored_as_halves_and_the_smallest_become_zero()
    {
        var source = new MadeCase("a", new Size3(1, 1, 4), (_, _, z) => new[] { 0f, 3e-5f, 0.1f, 1f }[z]);
        using PreparedCase prepared = Made.Prepared(source);
        Assert.Equal([0f, 0f, (float)(Half)0.1f, 1f], prepared.DecodeImage().Voxels);
    }
}
