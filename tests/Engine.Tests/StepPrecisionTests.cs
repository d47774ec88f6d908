using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Optimisation;
using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = HiEndMae.Engine.Optimisation.AdamW;

namespace HiEndMae.Engine.Tests;

/// <summary>Narrow numbers beside float32, on CPU.</summary>
public sealed class StepPrecisionTests
{
    [Fact]
    public void Linear_maps_are_narrow_inside_and_gradients_are_float32()
    {
        using DisposeScope scope = NewDisposeScope();
        var precision = new StepPrecision(Precision.Bfloat16, CPU);
        Linear layer = nn.Linear(8, 8);
        Tensor output;
        using (precision.Enter()) output = layer.forward(rand(4, 8));
        Assert.Equal(ScalarType.BFloat16, output.dtype);
        output.to(ScalarType.Float32).sum().backward();
        Assert.Equal(ScalarType.Float32, layer.weight!.grad!.dtype);
        Assert.Equal(ScalarType.Float32, layer.forward(rand(4, 8)).dtype); // outside as ever
    }

    [Theory]
    [InlineData(Precision.Bfloat16, 0.03)]
    [InlineData(Precision.Float16, 0.01)]
    public void The_loss_follows_that_of_float32(Precision precision, double distance)
    {
        double[] full = Train(Precision.Float32), narrow = Train(precision);
        Assert.True(full[^1] < full[0] / 4, "the model does not learn");
        for (int step = 0; step < full.Length; step++) Assert.InRange(Math.Abs(narrow[step] - full[step]), 0, distance * full[0]);
        Assert.NotEqual(full, narrow);
    }

    [Fact]
    public void The_loss_scale_is_halved_after_an_overflow_and_doubled_after_two_thousand_good_steps()
    {
        var scaler = new LossScaler();
        scaler.Update(applied: false);
        Assert.Equal(32768, scaler.Scale);
        for (int step = 0; step < 1999; step++) scaler.Update(applied: true);
        Assert.Equal((32768, 1999), (scaler.Scale, scaler.GoodSteps));
        scaler.Update(applied: true);
        Assert.Equal((65536, 0), (scaler.Scale, scaler.GoodSteps));
        scaler.Restore(1024, 7);
        Assert.Equal((1024, 7), (scaler.Scale, scaler.GoodSteps));
        for (int step = 0; step < 50; step++) scaler.Update(applied: false);
        Assert.Equal(1, scaler.Scale);
    }

    [Fact]
    public void Overflows_lower_the_loss_scale_until_there_are_too_many_in_a_row()
    {
        var half = new StepPrecision(Precision.Float16, CPU);
        for (int step = 0; step < StepPrecision.MostOverflows; step++) Assert.True(half.Update(applied: false));
        Assert.False(half.Update(applied: false));
        Assert.False(half.Update(applied: true));
        Assert.True(half.Update(applied: false));
        var full = new StepPrecision(Precision.Float32, CPU);
        Assert.False(full.Update(applied: false));
        Assert.Equal(1, full.LossScale);
    }

    // A small attention-free network on a fixed regression.
    private static double[] Train(Precision kind)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(0);
        var precision = new StepPrecision(kind, CPU);
        Linear first = nn.Linear(16, 64), second = nn.Linear(64, 4);
        (string, Parameter)[] parameters = [("a", first.weight!), ("b", first.bias!), ("c", second.weight!), ("d", second.bias!)];
        using var optimizer = new AdamW([new ParameterGroup(parameters, 1, 0)], new AdamWOptions(0.9, 0.999, 1e-8), 1);
        Tensor input = randn(64, 16), target = input.narrow(1, 0, 4).sin();
        var losses = new List<double>();
        for (int step = 0; step < 80; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            optimizer.ZeroGrad();
            Tensor loss;
            using (precision.Enter()) loss = (second.forward(nn.functional.gelu(first.forward(input))).to(ScalarType.Float32) - target).square().mean();
            precision.Scaled(loss).backward();
            StepResult result = optimizer.Step(new StepRequest(3e-3) { LossScale = precision.LossScale });
            precision.Update(result.Applied);
            losses.Add(loss.item<float>());
        }
        return [.. losses];
    }
}
