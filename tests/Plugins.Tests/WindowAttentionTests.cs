using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>In shifted windows, a token attends only to tokens of its own region.</summary>
public sealed class WindowAttentionTests
{
    private const int Window = 7, Width = 4, Length = 14;

    // The windows are shifted by 3 along x. The last one has the tokens 10 to 13, and beside them the tokens 0 to 2 from the other end of the grid.
    private const int LastRegion = 10, FirstShifted = 3;

    [Fact]
    public void A_token_of_another_region_of_the_same_window_changes_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor before, Tensor after) = Outputs(shifted: true);
        Assert.Equal(Values(before.narrow(1, LastRegion, Length - LastRegion)), Values(after.narrow(1, LastRegion, Length - LastRegion)));
        Assert.Equal(Values(before.narrow(1, FirstShifted, Window)), Values(after.narrow(1, FirstShifted, Window)));
        Assert.NotEqual(Values(before.narrow(1, 1, FirstShifted - 1)), Values(after.narrow(1, 1, FirstShifted - 1)));
    }

    [Fact]
    public void Without_a_shift_it_changes_its_own_window_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor before, Tensor after) = Outputs(shifted: false);
        Assert.Equal(Values(before.narrow(1, Window, Window)), Values(after.narrow(1, Window, Window)));
        Assert.NotEqual(Values(before.narrow(1, 1, Window - 1)), Values(after.narrow(1, 1, Window - 1)));
    }

    [Fact]
    public void Gradients_of_shifted_windows_are_finite()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(1);
        using var plans = new WindowPlans(Window);
        using var attention = new WindowAttention(Width, 2, Window, shifted: true, plans);
        Tensor input = randn([1, Length, Window, Window, Width], generator: generator).requires_grad_();
        attention.call(input).square().sum().backward();
        Assert.All(attention.parameters().Append(input), parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));
    }

    // The outputs before and after the token at x = 0, y = 0, z = 0 is changed.
    private static (Tensor Before, Tensor After) Outputs(bool shifted)
    {
        using IDisposable noGrad = no_grad();
        using var generator = new Generator(1);
        using var plans = new WindowPlans(Window);
        using var attention = new WindowAttention(Width, 2, Window, shifted, plans);
        Tensor input = randn([1, Length, Window, Window, Width], generator: generator), changed = input.clone();
        changed[0, 0, 0, 0] += 1;
        return (attention.call(input), attention.call(changed));
    }

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
