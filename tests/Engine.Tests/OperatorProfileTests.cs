using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

public sealed class OperatorProfileTests
{
    [Fact]
    public void Operators_are_counted_with_their_shapes_and_times()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = rand(64, 32).requires_grad_(true), b = rand(32, 16);
        var profile = new OperatorProfile();
        using (profile)
        {
            for (int i = 0; i < 3; i++) a.matmul(b).sum().backward();
        }
        _ = a.matmul(b); // after the end

        OperatorTime product = Assert.Single(profile.Times, time => time is { Name: "aten::mm", Shapes: "[64, 32] [32, 16]" });
        Assert.Equal(3, product.Calls);
        Assert.True(product.Own > TimeSpan.Zero);
        OperatorTime outer = Assert.Single(profile.Times, time => time.Name == "aten::matmul");
        Assert.True(outer.Whole >= outer.Own + product.Whole, "matmul calls mm, so its whole time contains mm's.");
        // The gradient of a is another product, inside the node of the backward pass.
        Assert.Equal(3, Assert.Single(profile.Times, time => time is { Name: "aten::mm", Shapes: "[64, 16] [16, 32]" }).Calls);
        Assert.Contains(profile.Times, time => time is { Name: "MmBackward0", Calls: 3 });
        Assert.Equal(profile.Times.OrderByDescending(time => time.Own), profile.Times);
    }
}
