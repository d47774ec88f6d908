using HiEndMae.Engine.Analysis;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Analysis;

public sealed class SpectrumTests
{
    [Fact]
    public void Effective_rank_has_its_closed_forms()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(5, Rank(eye(5, dtype: ScalarType.Float64)), 1e-12);
        Assert.Equal(1, Rank(outer(arange(1, 5, ScalarType.Float64), arange(1, 9, ScalarType.Float64))), 1e-6);
        Assert.Equal(0, Rank(zeros(3, 4, ScalarType.Float64)));
        // Shares 3/4 and 1/4, and 9/10 and 1/10 of the squares.
        Tensor sigma = tensor(new[] { 3.0, 1.0 });
        Assert.Equal(1.7548, Spectrum.EffectiveRanks(sigma).item<double>(), 1e-4);
        Assert.Equal(1.3841, Spectrum.EffectiveRanks(sigma.square()).item<double>(), 1e-4);
    }

    [Theory]
    [InlineData(7, 20)]
    [InlineData(20, 7)]
    public void Singular_values_equal_those_of_a_decomposition_in_any_order_of_rows(int rows, int columns)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor x = randn(rows, columns, ScalarType.Float64, generator: generator);
        double[] expected = linalg.svdvals(x).data<double>().ToArray();
        double[] found = Spectrum.SingularValues(x).data<double>().ToArray(), permuted = Spectrum.SingularValues(x.flip(0)).data<double>().ToArray();
        Assert.Equal(7, found.Length);
        for (int k = 0; k < 7; k++)
        {
            Assert.Equal(expected[k], found[k], 1e-9 * expected[0]);
            Assert.Equal(found[k], permuted[k], 1e-9 * expected[0]);
        }
    }

    [Fact]
    public void Class_token_and_mean_token_are_left_out_if_the_definition_says_so()
    {
        using DisposeScope scope = NewDisposeScope();
        // Two heads of width 2, a class token far from the rest, and patch tokens that share one mean.
        Tensor patches = tensor(new double[] { 1, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0 }, [4, 4]) + 10;
        Tensor tokens = cat([full([1, 4], 100.0, ScalarType.Float64), patches]).reshape(1, 5, 2, 2).transpose(1, 2); // [B, H, T, d]
        var trace = new BlockTrace(0, tokens, tokens, tokens, tokens);
        Assert.Equal(2, Rank(RankDefinition.Centred), 1e-9); // two directions of equal length
        double[] sigma = ValueMatrix.SingularValues(trace, hasClassToken: true, RankDefinition.AllHeads).data<double>().ToArray();
        Assert.Equal(40.0, sigma[0], 0.1); // 4 tokens of length 20
        Assert.Equal(Math.Sqrt(40_000 + 1_600), ValueMatrix.SingularValues(trace, hasClassToken: true, RankDefinition.WithClassToken).data<double>()[0], 0.1);
        Assert.Equal([1L, 2, 2], ValueMatrix.SingularValues(trace, hasClassToken: true, RankDefinition.PerHead).shape);

        double Rank(RankDefinition definition) => Spectrum.EffectiveRanks(ValueMatrix.SingularValues(trace, hasClassToken: true, definition)).item<double>();
    }

    private static double Rank(Tensor matrix) => Spectrum.EffectiveRanks(Spectrum.SingularValues(matrix)).item<double>();
}
