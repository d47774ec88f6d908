using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>UNETR's block against the formula of MONAI's UnetResBlock and UnetBasicBlock, written out with tensor functions.</summary>
public sealed class UnetrBlockTests
{
    [Theory]
    [InlineData(UnetrNorm.Instance, true, 3, 5)]
    [InlineData(UnetrNorm.Instance, true, 4, 4)]
    [InlineData(UnetrNorm.Instance, false, 3, 5)]
    [InlineData(UnetrNorm.Batch, true, 3, 5)]
    [InlineData(UnetrNorm.Batch, false, 4, 4)]
    public void A_block_equals_its_formula(UnetrNorm norm, bool residual, int inputs, int outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        using var block = new UnetrResBlock(inputs, outputs, new UnetrBlockOptions(norm, residual));
        Dictionary<string, Tensor> weights = block.state_dict();
        Tensor x = randn(new long[] { 2, inputs, 6, 5, 4 });

        Tensor expected = Activate(Normalise(Convolve(x, weights["conv1.conv.weight"], 1), norm));
        expected = Normalise(Convolve(expected, weights["conv2.conv.weight"], 1), norm);
        if (residual) expected += inputs == outputs ? x : Normalise(Convolve(x, weights["conv3.conv.weight"], 0), norm);
        Golden.AssertClose(Activate(expected), block.call(x), 1e-5);

        string[] names = [.. block.named_parameters().Select(entry => entry.name).Order(StringComparer.Ordinal)];
        string[] widths = residual && inputs != outputs ? ["1", "2", "3"] : ["1", "2"];
        string[] known = [.. widths.Select(i => $"conv{i}.conv.weight"), .. norm == UnetrNorm.Batch ? widths.SelectMany(i => new[] { $"norm{i}.bias", $"norm{i}.weight" }) : []];
        Assert.Equal(known.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void A_block_holds_no_tensor_that_it_needs_no_more()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using var block = new UnetrResBlock(3, 5, new UnetrBlockOptions(UnetrNorm.Instance, Residual: true));
        Tensor x = randn(new long[] { 1, 3, 6, 5, 4 });
        var second = (nn.Module<Tensor, Tensor>)block.named_modules().Single(entry => entry.name == "conv2").module;
        long before = Live(), during = 0;
        second.register_forward_hook((_, _, output) =>
        {
            during = Live();
            return output;
        });
        block.call(x);
        // The input and the output of the second convolution, and what will be added to the latter.
        Assert.Equal(3, during - before);

        static long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
    }

    private static Tensor Convolve(Tensor x, Tensor weight, int padding) => nn.functional.conv3d(x, weight, padding: [padding, padding, padding]);

    private static Tensor Activate(Tensor x) => where(x > 0, x, x * 0.01f);

    // Mean and variance over space, or over samples and space.
    private static Tensor Normalise(Tensor x, UnetrNorm norm)
    {
        long[] over = norm == UnetrNorm.Instance ? [2, 3, 4] : [0, 2, 3, 4];
        Tensor mean = x.mean(over, keepdim: true);
        return (x - mean) / (x - mean).square().mean(over, keepdim: true).add(1e-5).sqrt();
    }
}
