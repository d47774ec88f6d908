using HiEndMae.Engine.Analysis;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Analysis;

public sealed class CkaTests
{
    [Fact]
    public void Rotated_scaled_and_shifted_tokens_have_similarity_one()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor x = randn([40L, 6], ScalarType.Float64, generator: generator);
        (Tensor turn, _) = linalg.qr(randn([6L, 6], ScalarType.Float64, generator: generator));
        Tensor y = x.matmul(turn) * 3 + 7;
        Assert.Equal(1, Minibatch([x], [y]), 1e-9);
        Assert.Equal(1, Linear([x], [y]), 1e-9);
    }

    [Fact]
    public void Unrelated_tokens_have_similarity_zero_only_by_the_unbiased_estimate()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(2);
        Tensor[] x = [.. Enumerable.Range(0, 20).Select(_ => randn([30L, 60], ScalarType.Float64, generator: generator))];
        Tensor[] y = [.. Enumerable.Range(0, 20).Select(_ => randn([30L, 60], ScalarType.Float64, generator: generator))];
        Assert.InRange(Minibatch(x, y), -0.05, 0.05);
        Assert.InRange(Linear(x[..1], y[..1]), 0.5, 1);
    }

    [Fact]
    public void The_criterion_equals_the_formula_of_Song()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor x = randn([7L, 3], ScalarType.Float64, generator: generator), y = randn([7L, 2], ScalarType.Float64, generator: generator) + 1;
        double[,] k = Kernel(x), l = Kernel(y);
        const int N = 7;
        double trace = 0, sumK = 0, sumL = 0, both = 0;
        for (int i = 0; i < N; i++)
        {
            for (int j = 0; j < N; j++)
            {
                trace += k[i, j] * l[j, i];
                sumK += k[i, j];
                sumL += l[i, j];
                for (int m = 0; m < N; m++) both += k[i, j] * l[j, m];
            }
        }
        double expected = (trace + (sumK * sumL / ((N - 1) * (N - 2))) - (2 * both / (N - 2))) / (N * (N - 3));
        Assert.Equal(expected, CentredGram.Of(x).dot(CentredGram.Of(y)).item<double>(), 1e-9);

        static double[,] Kernel(Tensor tokens)
        {
            var kernel = new double[N, N];
            for (int i = 0; i < N; i++)
            {
                for (int j = 0; j < N; j++) kernel[i, j] = i == j ? 0 : tokens[i].dot(tokens[j]).item<double>();
            }
            return kernel;
        }
    }

    private static double Minibatch(Tensor[] x, Tensor[] y)
    {
        var cka = new MinibatchCka(1, 1);
        foreach ((Tensor a, Tensor b) in x.Zip(y)) cka.Add(CentredGram.Of(a).unsqueeze(0), CentredGram.Of(b).unsqueeze(0));
        return cka.Values()[0, 0];
    }

    private static double Linear(Tensor[] x, Tensor[] y)
    {
        using var cka = new LinearCka(1, 1);
        foreach ((Tensor a, Tensor b) in x.Zip(y)) cka.Add([a], [b]);
        return cka.Values()[0, 0];
    }
}
