using HiEndMae.Engine.Optimisation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = HiEndMae.Engine.Optimisation.AdamW;

namespace HiEndMae.Engine.Tests;

public sealed class OptimisationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AdamW_takes_the_reference_s_hundred_steps(int threads)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> golden = Numbers.Golden("optimizers_schedules.safetensors");
        Parameter[] parameters = [new(golden["adamw.start.0"].clone()), new(golden["adamw.start.1"].clone())];
        using var optimizer = new AdamW(
            [new ParameterGroup([("0", parameters[0])], 1, 0.05), new ParameterGroup([("1", parameters[1])], 1, 0)], new AdamWOptions(0.9, 0.95, 1e-8), threads);
        for (int step = 1; step <= 100; step++)
        {
            for (int i = 0; i < parameters.Length; i++) parameters[i].grad = golden[$"adamw.grads.{i}"][step - 1].clone();
            optimizer.Step(1e-2);
            for (int i = 0; step is 1 or 10 or 100 && i < parameters.Length; i++) Numbers.AssertClose(golden[$"adamw.after_{step}.{i}"], parameters[i], 2e-6);
        }
    }

    [Fact]
    public void AdamW_is_libtorchs_over_many_chunks_and_an_uneven_tail()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        Tensor start = randn(200_003);
        Parameter ours = new(start.clone()), theirs = new(start.clone());
        using var optimizer = new AdamW([new ParameterGroup([("w", ours)], 1, 0.1)], new AdamWOptions(0.9, 0.999, 1e-8), 2);
        using optim.Optimizer reference = optim.AdamW([theirs], 1e-2, 0.9, 0.999, weight_decay: 0.1);
        for (int step = 0; step < 5; step++)
        {
            Tensor gradient = randn(200_003);
            ours.grad = gradient.clone();
            theirs.grad = gradient.clone();
            optimizer.Step(1e-2);
            reference.step();
        }
        Numbers.AssertClose(theirs, ours, 1e-6);
    }

    [Fact]
    public void Clipping_is_the_reference_s()
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> golden = Numbers.Golden("optimizers_schedules.safetensors");
        Parameter parameter = new(zeros(50));
        parameter.grad = golden["clip.input"].clone();
        using var optimizer = new AdamW([new ParameterGroup([("w", parameter)], 1, 0)], new AdamWOptions(0.9, 0.999, 1e-8), 1);
        Assert.Equal(golden["clip.norm"].item<float>(), optimizer.ClipGradNorm(1), 5);
        Numbers.AssertClose(golden["clip.output"], parameter.grad!, 1e-6);
    }

    [Fact]
    public void The_schedule_rises_to_its_peak_and_falls_to_zero()
    {
        var schedule = new WarmupCosine(1e-3, 10, 110);
        Assert.Equal(1e-4, schedule.LrAt(0), 12);
        Assert.Equal(1e-3, schedule.LrAt(9), 12);
        Assert.Equal(1e-3, schedule.LrAt(10), 12);
        Assert.Equal(5e-4, schedule.LrAt(60), 12);
        Assert.Equal(0, schedule.LrAt(110), 12);
    }
}
