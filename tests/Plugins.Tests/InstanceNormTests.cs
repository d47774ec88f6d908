using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>The fused norm against the library's instance norm, sum and leaky ReLU in float64.</summary>
public sealed class InstanceNormTests
{
    [Theory]
    [InlineData(1, true, 0.01)]
    [InlineData(3, false, 0.01)]
    [InlineData(4, true, 0.01)]
    [InlineData(8, false, 1.0)]
    [InlineData(12, true, 1.0)]
    [InlineData(32, true, 0.01)]
    [InlineData(33, false, 0.2)]
    public void Output_and_gradients_equal_the_formula(int channels, bool adds, double slope)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(channels);
        // Far from zero, and of different spreads: naive sums of squares would lose every digit.
        Tensor scales = linspace(0.5, 40, channels, dtype: ScalarType.Float64).reshape(1, channels, 1, 1, 1);
        Tensor x = (randn(new long[] { 2, channels, 19, 11, 13 }, dtype: ScalarType.Float64) + 300) * scales, residual = randn_like(x), gradient = randn_like(x);
        x = x.to(ScalarType.Float32);
        (Tensor exact, Tensor[] exactGradients) = Run(x.to(ScalarType.Float64), adds ? residual : null, gradient, (v, r) => Library(v, r, slope));
        (Tensor fused, Tensor[] gradients) = Run(x, adds ? residual.to(ScalarType.Float32) : null, gradient.to(ScalarType.Float32), (v, r) => InstanceNorm.Apply(v, r, slope));
        // A value of 12,000 has steps of 1e-3, a deviation of 40: 2e-5 is rounding of the mean.
        Golden.AssertClose(exact.to(ScalarType.Float32), fused, 2e-5);
        foreach ((Tensor one, Tensor other) in exactGradients.Zip(gradients)) Golden.AssertClose(Away(one, exact).to(ScalarType.Float32), Away(other, exact).to(ScalarType.Float32), 5e-5);
        using (no_grad()) Golden.AssertClose(fused, InstanceNorm.Apply(x, adds ? residual.to(ScalarType.Float32) : null, slope), 0);
    }

    [Fact]
    public void The_number_of_threads_changes_only_rounding()
    {
        using DisposeScope scope = NewDisposeScope();
        int threads = get_num_threads();
        Tensor x = randn(new long[] { 3, 5, 7, 9, 11 });
        try
        {
            set_num_threads(1);
            Tensor one = InstanceNorm.Apply(x, null, 0.01);
            set_num_threads(3);
            Golden.AssertClose(one, InstanceNorm.Apply(x, null, 0.01), 1e-6);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void No_tensors_are_left_after_backward()
    {
        Step();
        long before = Tensor.TotalCount;
        for (int i = 0; i < 5; i++) Step();
        Assert.Equal(before, Tensor.TotalCount);

        static void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            InstanceNorm.Apply(randn(new long[] { 1, 4, 6, 6, 6 }).requires_grad_(true), null, 0.01).sum().backward();
        }
    }

    private static (Tensor, Tensor[]) Run(Tensor x, Tensor? residual, Tensor gradient, Func<Tensor, Tensor?, Tensor> norm)
    {
        x = x.detach().requires_grad_(true);
        residual = residual?.detach().requires_grad_(true);
        Tensor y = norm(x, residual);
        y.backward([gradient]);
        return (y.detach(), residual is null ? [x.grad!] : [x.grad!, residual.grad!]);
    }

    private static Tensor Library(Tensor x, Tensor? residual, double slope)
    {
        Tensor y = nn.functional.instance_norm(x, eps: InstanceNorm.Epsilon);
        return nn.functional.leaky_relu(residual is null ? y : y + residual, slope);
    }

    // At the kink of the activation, rounding decides.
    private static Tensor Away(Tensor gradient, Tensor output) => where(output.abs() > 1e-4, gradient.to(ScalarType.Float64), zeros_like(output));
}
