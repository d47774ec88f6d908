using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

/// <summary>Distributions of crops and augmentations against MONAI's definitions, by chi-square and by exact means. Seeds are fixed: the tests are the same every time.</summary>
public sealed class CropPlanTests
{
    private const int Draws = 40_000;
    private static readonly CropRecipe Paper = new(Size3.Cube(4), 0.75, 0.5, 0.3, 0.1, 0.1);

    [Fact]
    public void Three_of_four_centres_are_foreground_and_voxels_of_one_kind_are_equally_likely()
    {
        // Crops of one voxel: the start is the centre.
        var size = new Size3(4, 5, 6);
        using PreparedCase stored = Made.Prepared(new MadeCase("a", size, (x, y, z) => (x + y + z) % 3 == 0 ? 0 : 0.5f));
        var counts = new int[size.Count];
        foreach (CropPlan plan in Draw(stored, Paper with { Crop = Size3.Cube(1) })) counts[(plan.Start.X * size.Y + plan.Start.Y) * size.Z + plan.Start.Z]++;
        int positives = stored.NumPositive, negatives = stored.NumNegative;
        double[] expected = [.. Enumerable.Range(0, counts.Length).Select(i => Draws * ((i / 30 + i / 6 % 5 + i % 6) % 3 == 0 ? 0.25 / negatives : 0.75 / positives))];
        AssertFits(expected, counts);
    }

    [Fact]
    public void With_labels_background_centres_lie_only_inside_the_image_foreground()
    {
        var size = new Size3(1, 1, 16);
        using PreparedCase stored = Made.Prepared(new MadeCase("a", size, (_, _, z) => z < 4 ? 0 : 0.5f, (_, _, z) => z is 2 or 9 ? 3 : 0), 4);
        var counts = new int[16];
        foreach (CropPlan plan in Draw(stored, Paper with { Crop = Size3.Cube(1), Positive = 0.5 })) counts[plan.Start.Z]++;
        // Foreground: voxels 2 (dark, but labelled) and 9; background: 4 to 15 without 9.
        AssertFits([.. Enumerable.Range(0, 16).Select(z => Draws * (z is 2 or 9 ? 0.25 : z >= 4 ? 0.5 / 11 : 0))], counts);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(300)] // labels of two bytes
    public void By_class_each_class_of_the_case_has_as_many_centres(int numClasses)
    {
        // Class 1 has 20 voxels, class 3 has 5 in two rows, and class 2 has none. Nobody has labelled 3 voxels.
        var size = new Size3(2, 2, 16);
        static int Label(int x, int y, int z) => (x, y, z) switch
        {
            (0, 0, >= 12) or (1, 1, 7) => 3,
            (0, 1, < 3) => DatasetInfo.IgnoredIndex,
            (1, 0, _) or (1, 1, < 4) => 1,
            _ => 0,
        };
        using PreparedCase stored = Made.Prepared(new MadeCase("a", size, (_, _, _) => 0.5f, Label), numClasses);
        Assert.Equal((2, 20, 5), (stored.NumClasses, stored.NumOfClass(0), stored.NumOfClass(1)));
        var counts = new int[size.Count];
        foreach (CropPlan plan in Draw(stored, Paper with { Crop = Size3.Cube(1), Positive = 0.8, PositiveByClass = true })) counts[(plan.Start.X * 2 + plan.Start.Y) * 16 + plan.Start.Z]++;
        AssertFits(
            [.. Enumerable.Range(0, 64).Select(i => Draws * Label(i / 32, i / 16 % 2, i % 16) switch { 0 => 0.2 / 36, 1 => 0.4 / 20, 3 => 0.4 / 5, _ => 0 })], counts);
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(0f)]
    public void If_a_case_has_voxels_of_one_kind_every_centre_has_that_kind(float value)
    {
        using PreparedCase stored = Made.Prepared(new MadeCase("a", Size3.Cube(3), (_, _, _) => value));
        var counts = new int[27];
        foreach (CropPlan plan in Draw(stored, Paper with { Crop = Size3.Cube(1) })) counts[(plan.Start.X * 3 + plan.Start.Y) * 3 + plan.Start.Z]++;
        AssertFits([.. Enumerable.Repeat(Draws / 27.0, 27)], counts);
    }

    [Theory]
    [InlineData(0, 4, 10, 0)] // MONAI: valid centres are 2 to 8
    [InlineData(2, 4, 10, 0)]
    [InlineData(5, 4, 10, 3)]
    [InlineData(9, 4, 10, 6)]
    [InlineData(0, 5, 10, 0)] // odd crop: 2 to 7
    [InlineData(7, 5, 10, 5)]
    [InlineData(9, 5, 10, 5)]
    [InlineData(3, 4, 4, 0)]
    [InlineData(1, 8, 3, -2)] // SpatialPad: 5 more, 2 before and 3 behind
    [InlineData(1, 8, 4, -2)]
    public void Crops_are_moved_into_the_volume(int centre, int crop, int size, int first) => Assert.Equal(first, CropPlan.First(centre, crop, size));

    [Fact]
    public void Centres_at_the_border_make_border_crops_more_frequent()
    {
        // Along x of 8 with crops of 4: starts 0 to 4; centres 0, 1, 2 give 0 and centres 6, 7 give 4.
        using PreparedCase stored = Made.Prepared(new MadeCase("a", new Size3(8, 4, 4), (_, _, _) => 1));
        var counts = new int[5];
        foreach (CropPlan plan in Draw(stored, Paper)) counts[plan.Start.X]++;
        AssertFits([3 * Draws / 8.0, Draws / 8.0, Draws / 8.0, Draws / 8.0, 2 * Draws / 8.0], counts);
    }

    [Fact]
    public void Augmentations_have_the_paper_s_probabilities_and_are_independent()
    {
        using PreparedCase stored = Made.Prepared(new MadeCase("a", Size3.Cube(6), (_, _, _) => 1));
        CropPlan[] plans = [.. Draw(stored, Paper)];
        AssertFits([0.7 * Draws, 0.1 * Draws, 0.1 * Draws, 0.1 * Draws], [.. Enumerable.Range(0, 4).Select(turns => plans.Count(plan => plan.Turns == turns))]);
        AssertFits([.. Enumerable.Repeat(Draws / 8.0, 8)], [.. Enumerable.Range(0, 8).Select(bits => plans.Count(plan => (plan.FlipX ? 1 : 0) + (plan.FlipY ? 2 : 0) + (plan.FlipZ ? 4 : 0) == bits))]);
        AssertFits([0.81 * Draws, 0.09 * Draws, 0.09 * Draws, 0.01 * Draws], [.. Enumerable.Range(0, 4).Select(bits => plans.Count(plan => (plan.Scale != 1 ? 1 : 0) + (plan.Shift != 0 ? 2 : 0) == bits))]);
        AssertUniform([.. plans.Where(plan => plan.Scale != 1).Select(plan => (double)plan.Scale)], 0.9, 1.1);
        AssertUniform([.. plans.Where(plan => plan.Shift != 0).Select(plan => (double)plan.Shift)], -0.1, 0.1);
    }

    [Fact]
    public void A_crop_that_is_not_square_is_turned_by_180_degrees_only()
    {
        using PreparedCase stored = Made.Prepared(new MadeCase("a", Size3.Cube(6), (_, _, _) => 1));
        Assert.Equal([0, 2], Draw(stored, Paper with { Crop = new Size3(4, 2, 4) }).Select(plan => plan.Turns).Distinct().Order());
    }

    private static IEnumerable<CropPlan> Draw(PreparedCase source, CropRecipe recipe)
    {
        for (int i = 0; i < Draws; i++)
        {
            var random = new RandomSource(42, 2, i);
            yield return CropPlan.Draw(source, recipe, ref random);
        }
    }

    // Pearson's statistic below its mean plus five standard deviations.
    private static void AssertFits(double[] expected, int[] counts)
    {
        Assert.Equal(expected.Length, counts.Length);
        double statistic = 0;
        int cells = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] == 0)
            {
                Assert.Equal(0, counts[i]);
                continue;
            }
            statistic += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
            cells++;
        }
        Assert.InRange(statistic, 0, cells - 1 + 5 * Math.Sqrt(2.0 * Math.Max(1, cells - 1)));
    }

    private static void AssertUniform(double[] values, double low, double high)
    {
        Assert.InRange(values.Length, Draws / 20, Draws);
        var counts = new int[10];
        foreach (double value in values)
        {
            Assert.InRange(value, low - 1e-6, high + 1e-6);
            counts[Math.Clamp((int)((value - low) / (high - low) * 10), 0, 9)]++;
        }
        AssertFits([.. Enumerable.Repeat(values.Length / 10.0, 10)], counts);
    }
}
