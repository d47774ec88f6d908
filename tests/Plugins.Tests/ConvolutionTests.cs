using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Convolutions by every way that <c>Convolution</c> chooses, against the library's in float64.</summary>
public sealed class ConvolutionTests
{
    // Direct: 8 and 16 channels at a time, tiles that overlap, one row and many rows at once, an input of one channel, a kernel of 5.
    [Theory]
    [InlineData(8, 8, 3, 5, 4, 12)]
    [InlineData(16, 8, 3, 7, 3, 13)]
    [InlineData(8, 24, 3, 4, 5, 14)]
    [InlineData(24, 16, 3, 5, 4, 24)]
    [InlineData(16, 32, 3, 3, 9, 6)]
    [InlineData(32, 48, 3, 6, 5, 7)]
    [InlineData(16, 16, 3, 1, 1, 6)]
    [InlineData(16, 16, 5, 4, 6, 11)]
    [InlineData(16, 16, 3, 3, 4, 14)]
    [InlineData(16, 80, 3, 3, 4, 13)]
    [InlineData(32, 32, 5, 3, 4, 25)]
    [InlineData(8, 8, 3, 2, 3, 300)]
    // The library's: rows or widths that the kernel does not serve.
    [InlineData(3, 5, 3, 4, 5, 6)]
    [InlineData(16, 16, 3, 5, 5, 5)]
    // Matrix products.
    [InlineData(5, 3, 1, 4, 3, 2)]
    [InlineData(1, 3, 1, 4, 3, 2)]
    public void A_convolution_that_keeps_sizes_is_the_librarys(int inputs, int outputs, int kernel, int x, int y, int z) =>
        Check(new ConvShape(inputs, outputs, kernel), [2, inputs, x, y, z]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_first_layer_needs_no_gradient_of_the_image(int channels)
    {
        Check(new ConvShape(channels, 8, 3), [2, channels, 5, 6, 12], ofInput: false);
        Check(new ConvShape(channels, 48, 3), [2, channels, 5, 6, 12], ofInput: false);
    }

    // 8 output channels use vectors of 256 bits, 16 and 32 use those of 512 bits if the processor has them.
    [Theory]
    [InlineData(16, 16)]
    [InlineData(32, 32)]
    [InlineData(24, 48)]
    public void Wide_vectors_give_the_same_bits_as_narrow_ones(int inputs, int outputs)
    {
        const int Part = 8;
        using DisposeScope scope = NewDisposeScope();
        using var layer = new ConvLayer(inputs, outputs, 3);
        Tensor x = randn(new long[] { 2, inputs, 3, 9, 13 });
        Tensor whole = layer.call(x);
        whole.square().sum().backward();
        for (int from = 0; from < outputs; from += Part)
        {
            using var part = new ConvLayer(inputs, Part, 3);
            using (no_grad())
            {
                part.Weight.copy_(layer.Weight.narrow(0, from, Part));
                part.Bias!.copy_(layer.Bias!.narrow(0, from, Part));
            }
            Tensor y = part.call(x);
            y.square().sum().backward();
            Golden.AssertClose(whole.narrow(1, from, Part), y, 0);
            Golden.AssertClose(layer.Weight.grad!.narrow(0, from, Part), part.Weight.grad!, 0);
        }
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(3, 2)]
    public void A_transposed_convolution_is_the_librarys(int kernel, int stride) =>
        Check(new ConvShape(6, 4, kernel) { Transposed = true, Stride = stride, Padding = 0 }, [2, 6, 3, 4, 5]);

    [Fact]
    public void Strides_groups_and_uneven_steps_are_the_librarys()
    {
        Check(new ConvShape(8, 16, 3) { Stride = 2 }, [1, 8, 8, 8, 12]);
        Check(new ConvShape(8, 16, 3) { Groups = 4 }, [1, 8, 8, 8, 12]);
        Check(new ConvShape(8, 8, 2) { Strides = (2, 2, 1), Padding = 0, Transposed = true }, [1, 8, 3, 4, 5]);
    }

    // On some processors, oneDNN computes wrong gradients of the input of such convolutions if channels are last.
    [Theory]
    [InlineData(4, 3, 1, false)]
    [InlineData(8, 3, 2, false)]
    [InlineData(16, 5, 1, false)]
    [InlineData(8, 3, 2, true)]
    public void A_depthwise_convolution_is_the_librarys(int channels, int kernel, int stride, bool transposed) =>
        Check(new ConvShape(channels, channels, kernel) { Groups = channels, Stride = stride, Transposed = transposed }, [2, channels, 8, 6, 7]);

    [Fact]
    public void Threads_change_nothing_in_a_result_and_only_rounding_in_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        int threads = get_num_threads();
        using var layer = new ConvLayer(8, 16, 3);
        Tensor x = randn(new long[] { 2, 8, 3, 9, 13 });
        try
        {
            (Tensor one, Tensor gradient) = Run(1);
            (Tensor three, Tensor other) = Run(3);
            Golden.AssertClose(one, three, 0);
            Golden.AssertClose(gradient, other, 1e-6);
            (_, Tensor again) = Run(3);
            Golden.AssertClose(other, again, 0);
        }
        finally
        {
            set_num_threads(threads);
        }

        (Tensor, Tensor) Run(int count)
        {
            set_num_threads(count);
            layer.zero_grad();
            Tensor y = layer.call(x);
            y.square().sum().backward();
            return (y.detach(), layer.Weight.grad!.clone());
        }
    }

    [Fact]
    public void Nothing_is_left_behind_after_backward()
    {
        using var layer = new ConvLayer(8, 8, 3);
        Step();
        long before = Tensor.TotalCount;
        for (int i = 0; i < 5; i++) Step();
        Assert.Equal(before, Tensor.TotalCount);

        void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            layer.call(randn(new long[] { 1, 8, 6, 6, 12 }).requires_grad_(true)).sum().backward();
            foreach (var parameter in layer.parameters()) parameter.grad = null;
        }
    }

    private static void Check(ConvShape shape, long[] sizes, bool ofInput = true)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        using var layer = new ConvLayer(shape);
        Tensor x = randn(sizes).requires_grad_(ofInput), exact = x.detach().to(ScalarType.Float64).requires_grad_(ofInput);
        Tensor weight = layer.Weight.detach().to(ScalarType.Float64).requires_grad_(true), bias = layer.Bias!.detach().to(ScalarType.Float64).requires_grad_(true);
        long[] stride = [shape.Strides.X, shape.Strides.Y, shape.Strides.Z], padding = [shape.Padding, shape.Padding, shape.Padding];
        Tensor expected = shape.Transposed
            ? nn.functional.conv_transpose3d(exact, weight, bias, stride, padding, groups: shape.Groups)
            : nn.functional.conv3d(exact, weight, bias, stride, padding, groups: shape.Groups);
        Tensor actual = layer.call(x), direction = randn_like(expected);
        expected.backward([direction]);
        actual.backward([direction.to(ScalarType.Float32)]);
        AssertClose(expected.detach(), actual.detach());
        AssertClose(weight.grad!, layer.Weight.grad!);
        AssertClose(bias.grad!, layer.Bias!.grad!);
        if (ofInput) AssertClose(exact.grad!, x.grad!);
        using (no_grad()) Golden.AssertClose(actual.detach(), layer.call(x), 0);
    }

    private static void AssertClose(Tensor exact, Tensor actual) => Golden.AssertClose(exact.to(ScalarType.Float32), actual, 5e-6);
}
