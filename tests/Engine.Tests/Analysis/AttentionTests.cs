using HiEndMae.Engine.Analysis;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Analysis;

public sealed class AttentionTests
{
    [Theory]
    [InlineData(3, 8, 14.94)]
    [InlineData(6, 16, 62.66)]
    public void Uniform_attention_has_its_closed_forms(int grid, int patch, double distance)
    {
        using DisposeScope scope = NewDisposeScope();
        long patches = (long)grid * grid * grid, tokens = patches + 1;
        Tensor log = full([1, 2, tokens, tokens], -Math.Log(tokens), ScalarType.Float64), weights = log.exp();
        Tensor distances = AttentionMeasures.Distances(Size3.Cube(grid), new Spacing3(patch, patch, patch));
        Assert.Equal(distance, First(AttentionMeasures.Distance(weights, distances, rescaled: true)), 0.005);
        Assert.Equal(distance * patches / tokens, First(AttentionMeasures.Distance(weights, distances, rescaled: false)), 0.005);
        Assert.Equal(Math.Log(tokens), First(AttentionMeasures.Entropy(log, weights, patches)), 1e-9);
        Assert.Equal(0, First(AttentionMeasures.HeadDivergence(log, weights, patches)), 1e-9);
    }

    [Fact]
    public void Distances_follow_the_step_of_each_axis_in_x_major_order()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor distances = AttentionMeasures.Distances(new Size3(2, 2, 3), new Spacing3(3, 4, 12));
        Assert.Equal(12, distances[0, 1].item<float>());
        Assert.Equal(4, distances[0, 3].item<float>());
        Assert.Equal(3, distances[0, 6].item<float>());
        Assert.Equal(13, distances[1, 9].item<float>(), 1e-5); // (3, 4, 12)
    }

    [Fact]
    public void Weights_are_a_softmax_over_keys_scaled_by_the_width_of_a_head()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor q = randn([1L, 2, 4, 3], ScalarType.Float64, generator: generator), k = randn([1L, 2, 4, 3], ScalarType.Float64, generator: generator);
        var trace = new BlockTrace(0, q, k, k, k);
        double[] products = [.. Enumerable.Range(0, 4).Select(j => Enumerable.Range(0, 3).Sum(e => q[0, 1, 2, e].item<double>() * k[0, 1, j, e].item<double>()) / Math.Sqrt(3))];
        double sum = products.Sum(Math.Exp);
        Tensor weights = AttentionRows.Weights(trace);
        for (int j = 0; j < 4; j++) Assert.Equal(Math.Exp(products[j]) / sum, weights[0, 1, 2, j].item<double>(), 1e-12);
        // Query 1 of the patches is token 2, and the class key is left out.
        Tensor row = AttentionRows.Of(trace, hasClassToken: true, [1]);
        Assert.Equal([1L, 1, 2, 3], row.shape);
        for (int j = 0; j < 3; j++) Assert.Equal(Math.Exp(products[j + 1]) / sum, row[0, 0, 1, j].item<double>(), 1e-12);
    }

    [Fact]
    public void Divergence_of_heads_is_the_mean_over_ordered_pairs()
    {
        using DisposeScope scope = NewDisposeScope();
        double[][] heads = [[0.5, 0.25, 0.25], [0.1, 0.6, 0.3]];
        Tensor weights = stack(heads.Select(head => tensor(head).unsqueeze(0).repeat(3, 1))).unsqueeze(0); // [1, 2, 3, 3]
        double expected = (Divergence(heads[0], heads[1]) + Divergence(heads[1], heads[0])) / 2;
        Assert.Equal(expected, AttentionMeasures.HeadDivergence(weights.log(), weights, 3).item<double>(), 1e-12);

        static double Divergence(double[] p, double[] q) => p.Zip(q).Sum(pair => pair.First * Math.Log(pair.First / pair.Second));
    }

    [Fact]
    public void A_map_of_a_patch_that_attends_to_itself_has_its_maximum_at_that_patch()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scaled = AttentionMap.Scaled(AttentionMap.Volume(eye(27), Size3.Cube(3), Size3.Cube(12))); // patches of 4
        for (int query = 0; query < 27; query++)
        {
            long at = scaled[query].flatten().argmax().item<long>();
            Assert.Equal(query, (at / 144 / 4 * 9) + (at / 12 % 12 / 4 * 3) + (at % 12 / 4));
            Assert.Equal(1, scaled[query].max().item<float>());
            Assert.Equal(0, scaled[query].min().item<float>());
        }
        Assert.Equal(0, AttentionMap.Scaled(ones([1L, 4, 4, 4])).abs().max().item<float>());
    }

    [Fact]
    public void Preference_of_an_organ_is_its_share_of_attention_over_its_share_of_the_crop()
    {
        using DisposeScope scope = NewDisposeScope();
        // Three organs: one fills patch 0 and half of patch 1, one a part of patch 3, one is not there.
        Tensor fractions = tensor(new[] { 1.0, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0.25, 0 }, [4, 3]);
        double[] uniform = AttentionMeasures.Preferences(full([1, 1, 5, 5], 0.2, ScalarType.Float64), fractions).flatten().data<double>().ToArray();
        Assert.Equal([1, 1, double.NaN], uniform.Select(value => Math.Round(value, 9)));
        // Patch 0 attends to itself alone, patch 1 to patch 2, patch 3 to patches 0 and 3 alike.
        Tensor weights = tensor(new double[] { 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0.5, 0, 0, 0.5 }, [1, 1, 4, 4]);
        double[] found = AttentionMeasures.Preferences(weights, fractions).flatten().data<double>().ToArray();
        Assert.Equal((1 + 0) / 2.0 / (1.5 / 4), found[0], 1e-9);
        Assert.Equal(0.5 * 0.25 / (0.25 / 4), found[1], 1e-9);
    }

    private static double First(Tensor values) => values.flatten()[0].item<double>();
}
