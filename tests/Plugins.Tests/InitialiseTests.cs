using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Initial values against the known moments of their distributions.</summary>
public sealed class InitialiseTests
{
    private const int Count = 200_000;

    /// <summary>Deviation and share within one deviation: of the normal distribution, and of one that is cut at one deviation, sqrt(1 - 2 phi(1) / (2 Phi(1) - 1)) = 0.5396.</summary>
    [Theory]
    [InlineData(2.0, 0.02, 0.6827)]
    [InlineData(0.02, 0.02 * 0.5396, 1.0)]
    public void Truncated_normal_values_have_the_deviation_of_the_distribution(double cut, double deviation, double within)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        Tensor values = Initialise.TruncatedNormal(zeros(Count), cut: cut);
        Assert.Equal(0, values.mean().item<float>(), 2e-4);
        Assert.Equal(deviation, values.std().item<float>(), 2e-4);
        Assert.Equal(within, values.abs().le(0.02).to(float32).mean().item<float>(), 5e-3);
        Assert.True(values.abs().max().item<float>() <= cut);
    }

    // Once this fails, TorchSharp has been mended and our function can go.
    [Fact]
    public void TorchSharps_own_function_fills_a_tensor_with_one_number()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = nn.init.trunc_normal_(zeros(100), std: 0.02);
        Assert.Equal(values.min().item<float>(), values.max().item<float>());
    }

    [Fact]
    public void A_linear_map_gets_no_bias()
    {
        using DisposeScope scope = NewDisposeScope();
        var layer = Initialise.TruncatedNormal(nn.Linear(64, 64));
        Assert.Equal(0, layer.bias!.abs().max().item<float>());
        Assert.Equal(0.02, layer.weight!.std().item<float>(), 2e-3);
    }
}
