using CsCheck;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Metrics;

/// <summary>Against MONAI 1.2 on one pair of label maps, and against distances between all pairs of surface voxels on small random ones.</summary>
public sealed class LabelComparerTests
{
    private static readonly ScoringPolicy Monai = new(MissingOrgans.Monai, IncludeBackground: false, 1);

    [Fact]
    public void Metrics_of_the_golden_pair_equal_those_of_MONAI()
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> golden = Numbers.Golden("losses_metrics_sliding.safetensors");
        Size3 size = Size3.Cube(40);
        OrganMeasure[] measures = new LabelComparer(surfaces: true, 1).Measure(
            Labels(golden["metrics.prediction"]), Labels(golden["metrics.label"]), size, Spacing3.Isotropic(1), 5);
        Compare(golden["metrics.dice_per_class"], ScoreMetric.Dice, 0);
        Compare(golden["metrics.hd95_per_class_without_background"], ScoreMetric.Hd95, 1);
        Compare(golden["metrics.surface_dice_1voxel_without_background"], ScoreMetric.SurfaceDice, 1);

        void Compare(Tensor expected, ScoreMetric metric, int first)
        {
            double[] values = expected.data<double>().ToArray();
            Assert.Equal(5 - first, values.Length);
            for (int k = first; k < 5; k++)
            {
                double? score = Monai.Score(metric, measures[k], ScoringPolicy.Diagonal(size, Spacing3.Isotropic(1)));
                if (double.IsNaN(values[k - first])) Assert.Null(score);
                else if (double.IsInfinity(values[k - first])) Assert.Equal(values[k - first], score);
                else Assert.Equal(values[k - first], score!.Value, 1e-6 * Math.Max(1, values[k - first]));
            }
        }
    }

    [Fact]
    public void Distances_of_random_small_maps_equal_those_over_all_pairs_of_surface_voxels()
    {
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 19], Gen.Double[0.5, 4], Gen.Double[0.5, 4], Gen.Double[0.5, 4], Gen.Int[1, 1_000_000]).Sample((x, y, z, sx, sy, sz, seed) =>
        {
            var size = new Size3(x, y, z);
            var spacing = new Spacing3(sx, sy, sz);
            var random = new Random(seed);
            ushort[] prediction = Map(size, random), truth = Map(size, random);
            double tolerance = 1.5 * random.NextDouble() * sx;
            OrganMeasure[] measures = new LabelComparer(surfaces: true, tolerance).Measure(prediction, truth, size, spacing, 3);
            for (int k = 0; k < 3; k++)
            {
                Assert.Equal(prediction.Count(label => label == k), measures[k].PredictedVoxels);
                Assert.Equal(truth.Count(label => label == k), measures[k].TruthVoxels);
                Assert.Equal(prediction.Zip(truth).Count(pair => pair.First == k && pair.Second == k), measures[k].BothVoxels);
                Assert.Equal(measures[k].PredictedVoxels * sx * sy * sz / 1000, measures[k].PredictedMl, 1e-9);
                if (k > 0) CompareSurfaces(measures[k].Surface, Directed(prediction, truth, size, spacing, k), Directed(truth, prediction, size, spacing, k), tolerance);
                else Assert.Null(measures[k].Surface);
            }
        }, iter: 400, threads: 1);
    }

    [Fact]
    public void Buffers_of_a_larger_case_do_not_affect_a_smaller_one()
    {
        var random = new Random(3);
        Size3 large = Size3.Cube(12), small = new(3, 5, 4);
        ushort[] first = Map(small, random), second = Map(small, random);
        var comparer = new LabelComparer(surfaces: true, 1);
        OrganMeasure[] before = comparer.Measure(first, second, small, Spacing3.Isotropic(1), 3);
        comparer.Measure(Map(large, random), Map(large, random), large, Spacing3.Isotropic(1), 3);
        Assert.Equal(before, comparer.Measure(first, second, small, Spacing3.Isotropic(1), 3));
    }

    [Fact]
    public void A_voxel_without_a_class_is_refused()
    {
        var comparer = new LabelComparer(surfaces: false, 1);
        Assert.Throws<ArgumentException>(() => comparer.Measure([0, 3], [0, 1], new Size3(1, 1, 2), Spacing3.Isotropic(1), 3));
        Assert.Throws<ArgumentException>(() => comparer.Measure([0, 1], [0, 1, 1], new Size3(1, 1, 2), Spacing3.Isotropic(1), 3));
    }

    private static void CompareSurfaces(SurfaceMeasure? found, double[] toTruth, double[] toPrediction, double tolerance)
    {
        if (toTruth.Length == 0 || toPrediction.Length == 0)
        {
            Assert.Null(found);
            return;
        }
        Assert.NotNull(found);
        Assert.Equal(Math.Max(Percentile(toTruth), Percentile(toPrediction)), found.Hd95Mm, 1e-5);
        Assert.Equal(toTruth.Average(), found.MeanToTruthMm, 1e-5);
        Assert.Equal(toTruth.Concat(toPrediction).Average(), found.AssdMm, 1e-5);
        Assert.Equal(toTruth.Concat(toPrediction).Count(distance => distance <= tolerance) / (double)(toTruth.Length + toPrediction.Length), found.WithinTolerance, 1e-12);
    }

    // numpy.percentile: linear between the ranks around 0.95 (n - 1).
    private static double Percentile(double[] values)
    {
        double[] sorted = [.. values.Order()];
        double rank = 0.95 * (sorted.Length - 1);
        return sorted[(int)Math.Floor(rank)] * (1 - rank % 1) + sorted[(int)Math.Ceiling(rank)] * (rank % 1);
    }

    private static double[] Directed(ushort[] from, ushort[] to, Size3 size, Spacing3 spacing, int label)
    {
        (int X, int Y, int Z)[] a = Surface(from, size, label), b = Surface(to, size, label);
        return b.Length == 0 ? [] : [.. a.Select(p => b.Min(q =>
            Math.Sqrt(Math.Pow((p.X - q.X) * spacing.X, 2) + Math.Pow((p.Y - q.Y) * spacing.Y, 2) + Math.Pow((p.Z - q.Z) * spacing.Z, 2))))];
    }

    private static (int X, int Y, int Z)[] Surface(ushort[] labels, Size3 size, int label)
    {
        return [.. from x in Enumerable.Range(0, size.X) from y in Enumerable.Range(0, size.Y) from z in Enumerable.Range(0, size.Z)
            where At(x, y, z) && !(At(x - 1, y, z) && At(x + 1, y, z) && At(x, y - 1, z) && At(x, y + 1, z) && At(x, y, z - 1) && At(x, y, z + 1))
            select (x, y, z)];

        bool At(int x, int y, int z) => x >= 0 && y >= 0 && z >= 0 && x < size.X && y < size.Y && z < size.Z && labels[(x * size.Y + y) * size.Z + z] == label;
    }

    // Boxes over noise, so that there is an inside; sometimes a class is absent.
    private static ushort[] Map(Size3 size, Random random)
    {
        var map = new ushort[size.Count];
        double noise = random.Next(3) == 0 ? 0.1 : 0;
        for (int box = 0; box < random.Next(4); box++)
        {
            (int x0, int y0, int z0) = (random.Next(size.X), random.Next(size.Y), random.Next(size.Z));
            (int x1, int y1, int z1) = (random.Next(x0, size.X), random.Next(y0, size.Y), random.Next(z0, size.Z));
            ushort label = (ushort)random.Next(1, 3);
            for (int i = 0; i < map.Length; i++)
            {
                (int x, int y, int z) = (i / size.Z / size.Y, i / size.Z % size.Y, i % size.Z);
                if (x >= x0 && x <= x1 && y >= y0 && y <= y1 && z >= z0 && z <= z1) map[i] = label;
            }
        }
        for (int i = 0; i < map.Length; i++)
        {
            if (random.NextDouble() < noise) map[i] = (ushort)random.Next(3);
        }
        return map;
    }

    private static ushort[] Labels(Tensor labels) => [.. labels.reshape(-1).data<byte>().ToArray().Select(value => (ushort)value)];
}
