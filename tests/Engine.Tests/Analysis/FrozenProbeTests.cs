using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Tests.Data;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Analysis;

public sealed class FrozenProbeTests
{
    private static readonly Size3 Crop = new(8, 8, 4);
    private static readonly Size3 Patch = Size3.Cube(4);

    [Fact]
    public void Label_fractions_are_per_patch_in_the_order_of_tokens()
    {
        using DisposeScope scope = NewDisposeScope();
        var label = new long[8 * 8 * 4];
        label[0] = 1; // patch (0, 0)
        for (int y = 4; y < 8; y++)
        {
            for (int z = 0; z < 4; z++) label[(5 * 8 + y) * 4 + z] = 2; // 16 voxels of patch (1, 1)
        }
        label[(4 * 8 + 0) * 4] = 1; // patch (1, 0)
        Tensor fractions = ProbeCrops.Fractions(label, Crop, Patch, 3);
        Assert.Equal([4L, 2], fractions.shape);
        Assert.Equal([1 / 64.0, 0, 0, 0, 1 / 64.0, 0, 0, 0.25], fractions.data<double>().ToArray());
    }

    [Fact]
    public void Explained_variance_equals_that_of_all_tokens_together()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(2);
        Tensor truth = rand(30, 2, ScalarType.Float64, generator: generator), predicted = truth + 0.2 * randn(30, 2, ScalarType.Float64, generator: generator);
        var variance = new ExplainedVariance(3, 2);
        for (int index = 0; index < 3; index++) variance.Add(index, predicted.narrow(0, index * 10, 10), truth.narrow(0, index * 10, 10));
        double[] expected = [.. Enumerable.Range(0, 2).Select(k =>
        {
            double[] t = truth.select(1, k).contiguous().data<double>().ToArray(), p = predicted.select(1, k).contiguous().data<double>().ToArray();
            double mean = t.Average();
            return 1 - t.Zip(p).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)) / t.Sum(value => (value - mean) * (value - mean));
        })];
        Assert.Equal(expected[0], variance.ByClass()[0]!.Value, 1e-12);
        Assert.Equal(expected[1], variance.ByClass()[1]!.Value, 1e-12);
        var statistic = variance.Mean(500, 0);
        Assert.Equal(expected.Average(), statistic.Mean, 1e-12);
        Assert.InRange(statistic.Low!.Value, 0, statistic.Mean);
        Assert.InRange(statistic.High!.Value, statistic.Mean, 1);
    }

    [Fact]
    public void Neighbours_equal_those_of_an_exhaustive_search()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(4);
        Tensor x = randn(50, 6, ScalarType.Float64, generator: generator) * 3 + 1, y = rand(50, 2, ScalarType.Float64, generator: generator), query = randn(7, 6, ScalarType.Float64, generator: generator);
        using var nearest = new NearestTokens(x, y, 5);
        Tensor mean = x.mean([0]), deviation = x.std([0], unbiased: false);
        double[][] known = Rows((x - mean) / deviation), asked = Rows((query - mean) / deviation), targets = Rows(y), predicted = Rows(nearest.Predict(query));
        for (int row = 0; row < asked.Length; row++)
        {
            int[] best = [.. Enumerable.Range(0, known.Length).OrderByDescending(other => Cosine(asked[row], known[other])).Take(5)];
            for (int k = 0; k < 2; k++) Assert.Equal(best.Average(other => targets[other][k]), predicted[row][k], 1e-6);
        }
    }

    [Fact]
    public void A_fixed_organ_is_found_by_position_and_a_moving_one_by_intensity()
    {
        using DisposeScope scope = NewDisposeScope();
        using PreparedCases fit = Cases(40, seed: 1), score = Cases(30, seed: 100);
        var options = new ProbeOptions([]) { BootstrapSamples = 200, Neighbours = 3 };
        var probe = new FrozenProbe(options, Crops(fit), Crops(score));
        long before = Tensor.TotalCount;
        ProbeScore positions = Assert.Single(probe.Run(new PositionTokens(), null, CancellationToken.None));
        ProbeScore voxels = Assert.Single(probe.Run(new PatchTokens(Patch), null, CancellationToken.None));
        Assert.Equal(before, Tensor.TotalCount);
        Assert.InRange(positions.RidgeByClass[0]!.Value, 0.99, 1);
        Assert.InRange(positions.RidgeByClass[1]!.Value, -0.2, 0.2);
        Assert.InRange(positions.NearestByClass[0]!.Value, 0.99, 1);
        Assert.InRange(voxels.RidgeByClass[1]!.Value, 0.95, 1);
        Assert.Equal((positions.RidgeByClass[0]!.Value + positions.RidgeByClass[1]!.Value) / 2, positions.Ridge.Mean, 1e-12);
    }

    private static ProbeCrops Crops(PreparedCases cases) => new(cases, Crop, Patch, 3, 1, 0);

    // Class 1 fills patch (0, 0) always; class 2 fills one of the three others and is bright.
    private static PreparedCases Cases(int count, int seed)
    {
        var random = new Random(seed);
        PreparedCase[] cases = [.. Enumerable.Range(0, count).Select(index =>
        {
            var image = new float[Crop.Count];
            var label = new ushort[Crop.Count];
            int moved = 1 + random.Next(3);
            for (int x = 0, at = 0; x < Crop.X; x++)
            {
                for (int y = 0; y < Crop.Y; y++)
                {
                    for (int z = 0; z < Crop.Z; z++, at++)
                    {
                        int patch = x / 4 * 2 + y / 4;
                        label[at] = patch == 0 ? (ushort)1 : patch == moved ? (ushort)2 : (ushort)0;
                        image[at] = (label[at] == 2 ? 0.8f : 0.3f) + 0.1f * random.NextSingle();
                    }
                }
            }
            Affine affine = Affine.FromSpacing(Spacing3.Isotropic(1));
            return CasePacker.Pack($"{seed}-{index}", new Volume<float>(1, Crop, affine, image), new Volume<ushort>(1, Crop, affine, label), new VolumeGrid(Crop, affine), numClasses: 3);
        })];
        return new PreparedCases(cases, [.. cases.Select(_ => 1.0)]);
    }

    private static double[][] Rows(Tensor matrix) => [.. Enumerable.Range(0, (int)matrix.shape[0]).Select(row => matrix[row].contiguous().data<double>().ToArray())];

    private static double Cosine(double[] a, double[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second) / Math.Sqrt(a.Sum(value => value * value) * b.Sum(value => value * value));
}
