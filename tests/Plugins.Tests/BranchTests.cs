using HiEndMae.Nn;
using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Branches of transformer blocks that are one node each, against the library's operators in float64.</summary>
public sealed class BranchTests
{
    private const double Tolerance = 5e-6;
    private const double Negligible = 1e-12;

    // Widths that are no multiple of a vector or of a panel, one token, more tokens than a tile, one head.
    [Theory]
    [InlineData(96, 4, 4, 55)]
    [InlineData(36, 3, 2, 217)]
    [InlineData(24, 2, 3, 7)]
    [InlineData(40, 4, 1, 33)]
    [InlineData(12, 1, 1, 1)]
    [InlineData(13, 1, 2, 25)]
    [InlineData(192, 6, 1, 50)]
    public void A_block_is_the_librarys(int width, int heads, int batch, int tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Check(new TransformerBlock(width, heads, 4), (block, inputs) => block.call(inputs[0]), [[batch, tokens, width]]);
    }

    [Theory]
    [InlineData(36, 3, 2, 217, 55)]
    [InlineData(24, 2, 3, 7, 5)]
    [InlineData(40, 4, 2, 33, 70)]
    [InlineData(12, 1, 1, 1, 1)]
    public void A_dense_block_is_the_librarys(int width, int heads, int batch, int tokens, int visible)
    {
        using DisposeScope scope = NewDisposeScope();
        Check(new DenseBlock(width, heads, 4), (block, inputs) => block.call(inputs[0], inputs[1]), [[batch, tokens, width], [batch, visible, width]]);
    }

    // The backward pass computes the attention weights again from the scores, and the rounding error of a score grows with it.
    // The library keeps the weights instead, so its error is smaller here, and ours may be a larger multiple of it.
    [Fact]
    public void Large_scores_lose_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Check(new TransformerBlock(24, 2, 4), (block, inputs) => block.call(inputs[0]), [[2, 30, 24]], scale: 8, factor: 64);
    }

    [Fact]
    public void Numbers_that_are_none_stay_none()
    {
        using DisposeScope scope = NewDisposeScope();
        using var block = new TransformerBlock(24, 2, 4);
        Tensor x = randn(new long[] { 2, 30, 24 });
        x[0, 3, 4] = float.NaN;
        Assert.True(block.call(x).isnan()[0].all().item<bool>());
        Assert.False(block.call(x).isnan()[1].any().item<bool>());
    }

    [Fact]
    public void Threads_change_nothing_in_a_result_and_only_rounding_in_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        int threads = get_num_threads();
        using var block = new DenseBlock(36, 3, 4);
        Tensor x = randn(new long[] { 2, 61, 36 }), context = randn(new long[] { 2, 19, 36 });
        try
        {
            (Tensor one, Tensor[] gradients) = Run(1);
            (Tensor three, Tensor[] others) = Run(3);
            Golden.AssertClose(one, three, 0);
            foreach ((Tensor first, Tensor second) in gradients.Zip(others)) Golden.AssertClose(first, second, 1e-5);
            (_, Tensor[] again) = Run(3);
            foreach ((Tensor first, Tensor second) in others.Zip(again)) Golden.AssertClose(first, second, 0);
        }
        finally
        {
            set_num_threads(threads);
        }

        (Tensor, Tensor[]) Run(int count)
        {
            set_num_threads(count);
            block.zero_grad();
            Tensor y = block.call(x, context);
            y.square().sum().backward();
            return (y.detach(), [.. block.parameters().Select(parameter => parameter.grad!.clone())]);
        }
    }

    [Fact]
    public void Frozen_weights_get_no_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using var block = new TransformerBlock(24, 2, 4);
        foreach (var parameter in block.parameters()) parameter.requires_grad_(false);
        Tensor x = randn(new long[] { 2, 30, 24 }, requires_grad: true);
        block.call(x).square().sum().backward();
        Assert.All(block.parameters(), parameter => Assert.Null(parameter.grad));
        Assert.True(x.grad!.abs().sum().item<float>() > 0);
        Assert.False(block.call(x.detach()).requires_grad);
    }

    [Fact]
    public void Autocast_and_a_watched_projection_take_the_layers()
    {
        using DisposeScope scope = NewDisposeScope();
        using var block = new TransformerBlock(24, 2, 4);
        Tensor x = randn(new long[] { 2, 30, 24 });
        int seen = 0;
        using (block.Trace((_, _, _, _) => seen++)) _ = block.call(x);
        Assert.Equal(1, seen);
        Tensor exact = block.call(x);
        var autocast = new Autocast(DeviceType.CPU);
        autocast.Enter(ScalarType.BFloat16);
        Tensor rough = block.call(x);
        autocast.Leave();
        Assert.True((rough - exact).abs().max().item<float>() > 1e-4);
    }

    [Fact]
    public void Steps_leave_no_tensor_behind()
    {
        using var block = new DenseBlock(36, 3, 4);
        using Tensor x = randn(new long[] { 2, 61, 36 }), context = randn(new long[] { 2, 19, 36 });
        Step();
        long before = Tensor.TotalCount;
        for (int i = 0; i < 3; i++) Step();
        Assert.Equal(before, Tensor.TotalCount);

        void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            block.zero_grad();
            block.call(x, context).square().sum().backward();
        }
    }

    // The yardstick is the float32 error of the library's own operators: large scores amplify the rounding error of both.
    private static void Check<TBlock>(TBlock block, Func<TBlock, Tensor[], Tensor> run, long[][] shapes, float scale = 1, double factor = 8) where TBlock : nn.Module
    {
        // Fixed numbers, so that a run that passes passes again.
        using var generator = new Generator(1);
        Tensor[] inputs;
        using (no_grad())
        {
            foreach (var parameter in block.parameters()) parameter.copy_(randn(parameter.shape, generator: generator) * 0.15f + (parameter.dim() == 1 ? 0.5f : 0)).mul_(scale);
            inputs = [.. shapes.Select(shape => randn(shape, generator: generator))];
        }
        Tensor[] ours = Run(ScalarType.Float32);
        block.eval();
        Tensor[] layers = Run(ScalarType.Float32);
        block.to(ScalarType.Float64);
        Tensor[] exact = Run(ScalarType.Float64);
        // A single token's attention weight is always 1, so its queries and keys have a gradient of zero.
        // In float32 it is the rounding error of a difference between two equal numbers, so its bound is relative to the other gradients.
        double largest = exact.Skip(1).Max(Largest);
        for (int i = 0; i < exact.Length; i++)
        {
            double size = Largest(exact[i]) > Negligible ? Largest(exact[i]) : largest;
            Assert.Equal(exact[i].shape, ours[i].shape);
            Assert.InRange(Largest(exact[i] - ours[i]), 0, Math.Max(Tolerance * size, factor * Largest(exact[i] - layers[i])));
        }
        block.Dispose();

        static double Largest(Tensor tensor) => tensor.abs().max().to(ScalarType.Float64).item<double>();

        // The output, then the gradients of the inputs and of the parameters.
        Tensor[] Run(ScalarType type)
        {
            block.zero_grad();
            Tensor[] own = [.. inputs.Select(input => input.to(type).detach().requires_grad_(true))];
            Tensor y = run(block, own);
            (y.square().sum() / 10).backward();
            return [y.detach(), .. own.Select(input => input.grad!), .. block.parameters().Select(parameter => parameter.grad!.clone())];
        }
    }
}
