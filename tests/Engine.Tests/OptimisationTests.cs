using HiEndMae.Engine.Optimisation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = HiEndMae.Engine.Optimisation.AdamW;

namespace HiEndMae.Engine.Tests;

/// <summary>Optimisers against those of libtorch, and what their one call promises. Recorded steps of PyTorch are compared in Verification.Tests.</summary>
public sealed class OptimisationTests
{
    private static readonly AdamWOptions Constants = new(0.9, 0.999, 1e-8);

    [Fact]
    public void AdamW_equals_libtorch_s_over_many_chunks_and_an_uneven_tail()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        Tensor start = randn(200_003);
        Parameter ours = new(start.clone()), theirs = new(start.clone());
        using var optimizer = new AdamW([new ParameterGroup([("w", ours)], 1, 0.1)], Constants, 2);
        using optim.Optimizer reference = optim.AdamW([theirs], 1e-2, 0.9, 0.999, weight_decay: 0.1);
        for (int step = 0; step < 5; step++)
        {
            Tensor gradient = randn(200_003);
            ours.grad = gradient.clone();
            theirs.grad = gradient.clone();
            optimizer.Step(new StepRequest(1e-2));
            reference.step();
        }
        Numbers.AssertClose(theirs, ours, 1e-6);
    }

    [Fact]
    public void Sgd_without_momentum_and_with_plain_momentum_equals_libtorch_s()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (double momentum in new[] { 0, 0.9 })
        {
            Parameter ours = new(linspace(-1, 1, 1003)), theirs = new(linspace(-1, 1, 1003));
            using var optimizer = new Sgd([new ParameterGroup([("w", ours)], 0.5, 0.1)], new SgdOptions(momentum, Nesterov: false), 2);
            using optim.Optimizer reference = optim.SGD([theirs], 0.05, momentum, weight_decay: 0.1);
            for (int step = 0; step < 4; step++)
            {
                Tensor gradient = linspace(step, 1, 1003);
                ours.grad = gradient.clone();
                theirs.grad = gradient.clone();
                optimizer.Step(new StepRequest(0.1));
                reference.step();
            }
            Numbers.AssertClose(theirs, ours, 1e-6);
        }
    }

    [Fact]
    public void Scaled_losses_give_the_steps_of_unscaled_ones()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter plain = new(linspace(-2, 2, 777)), scaled = new(linspace(-2, 2, 777));
        using var one = new AdamW([new ParameterGroup([("w", plain)], 1, 0.1)], Constants, 2);
        using var other = new AdamW([new ParameterGroup([("w", scaled)], 1, 0.1)], Constants, 2);
        for (int step = 0; step < 3; step++)
        {
            one.ZeroGrad();
            other.ZeroGrad();
            (plain.sin() * 3).sum().backward();
            (scaled.sin() * (3 * 1024f)).sum().backward();
            StepResult a = one.Step(new StepRequest(1e-2) { MaxGradNorm = 5 }), b = other.Step(new StepRequest(1e-2) { MaxGradNorm = 5, LossScale = 1024 });
            Assert.Equal(a.GradNorm, b.GradNorm, 1e-5);
        }
        Numbers.AssertClose(plain, scaled, 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_parameter_is_clipped_by_its_own_norm_as_by_libtorch(bool fused)
    {
        using DisposeScope scope = NewDisposeScope();
        const double Largest = 0.3, Scale = 256;
        Parameter[] ours = [new(linspace(-1, 1, 70_001)), new(ones(3, 3)), new(full(5, 0.01f))], theirs = [new(linspace(-1, 1, 70_001)), new(ones(3, 3)), new(full(5, 0.01f))];
        using var optimizer = new Sgd(Grouped(ours, [0.1, 0, 0.1]), new SgdOptions(0.9, Nesterov: false), 2, fused: fused);
        using optim.Optimizer reference = optim.SGD([theirs[0], theirs[2]], 0.1, 0.9, weight_decay: 0.1), plain = optim.SGD([theirs[1]], 0.1, 0.9);
        for (int step = 0; step < 3; step++)
        {
            optimizer.ZeroGrad();
            reference.zero_grad();
            plain.zero_grad();
            static Tensor Sum(Parameter[] side) => side[0].sin().sum() + side[1].square().sum() + (0.01 * side[2]).sum();
            (Sum(ours) * Scale).backward();
            Sum(theirs).backward();
            foreach (Parameter parameter in theirs) nn.utils.clip_grad_norm_([parameter], Largest);
            optimizer.Step(new StepRequest(0.1) { MaxParameterNorm = Largest, LossScale = Scale });
            reference.step();
            plain.step();
        }
        for (int i = 0; i < ours.Length; i++) Numbers.AssertClose(theirs[i], ours[i], 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_changes_nothing(float bad)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = new(linspace(0, 1, 100));
        using var optimizer = new AdamW([new ParameterGroup([("w", parameter)], 1, 0.1)], Constants, 2, keepAverage: true);
        parameter.grad = ones(100);
        Assert.True(optimizer.Step(new StepRequest(1e-2) { AverageDecay = 0.9 }).Applied);
        float[][] before = [.. optimizer.State.OrderBy(entry => entry.Key).Select(entry => entry.Value.data<float>().ToArray()), parameter.data<float>().ToArray()];
        parameter.grad = ones(100).index_fill_(0, tensor(new long[] { 57 }), bad);
        StepResult result = optimizer.Step(new StepRequest(1e-2) { AverageDecay = 0.9, MaxGradNorm = 1 });
        float[][] after = [.. optimizer.State.OrderBy(entry => entry.Key).Select(entry => entry.Value.data<float>().ToArray()), parameter.data<float>().ToArray()];
        Assert.False(result.Applied);
        Assert.False(double.IsFinite(result.GradNorm));
        Assert.Equal(1, optimizer.NumSteps);
        Assert.Equal(before, after);
    }

    [Fact]
    public void Gradients_of_micro_batches_add_up_and_rates_and_decays_go_by_group()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter a = new(ones(3, 5)), b = new(ones(7));
        using var optimizer = new Sgd([new ParameterGroup([("a", a)], 1, 0), new ParameterGroup([("b", b)], 0.1, 0.5)], new SgdOptions(0, Nesterov: false), 2);
        optimizer.ZeroGrad();
        for (int i = 0; i < 2; i++) (a.sum() + (2 * b).sum()).backward();
        optimizer.Step(new StepRequest(0.01));
        Numbers.AssertClose(full(new long[] { 3, 5 }, 1 - (0.01f * 2)), a, 1e-6);
        Numbers.AssertClose(full(7, 1 - (0.001f * (4 + 0.5f))), b, 1e-6);
        optimizer.ZeroGrad();
        optimizer.Step(new StepRequest(0));
        Assert.Equal([3, 5], a.shape);
    }

    [Fact]
    public void Averages_follow_the_weights_and_can_be_swapped_with_them()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = new(zeros(4));
        using var optimizer = new Sgd([new ParameterGroup([("w", parameter)], 1, 0)], new SgdOptions(0, Nesterov: false), 1, keepAverage: true);
        double weight = 0, average = 0;
        for (int step = 0; step < 5; step++)
        {
            parameter.grad = full(4, -1f);
            optimizer.Step(new StepRequest(1) { AverageDecay = 0.75 });
            weight += 1;
            average = (0.75 * average) + (0.25 * weight);
        }
        Assert.Equal(average, optimizer.Averages["w"][0].item<float>(), 1e-6);
        optimizer.SwapAverages();
        Assert.Equal(average, parameter[0].item<float>(), 1e-6);
        optimizer.SwapAverages();
        Assert.Equal(weight, parameter[0].item<float>(), 1e-6);
        Assert.Contains("average.w", optimizer.State.Keys);
    }

    [Fact]
    public void Parameters_of_other_types_are_refused_by_name()
    {
        using Parameter parameter = new(zeros(4, ScalarType.Float64));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Sgd([new ParameterGroup([("head.bias", parameter)], 1, 0)], new SgdOptions(0, false), 1));
        Assert.Contains("'head.bias'", error.Message);
    }

    [Fact]
    public void The_fused_pass_and_the_tensor_operations_give_the_same_update()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] left = [new(linspace(-1, 1, 70_001)), new(ones(3, 3))], right = [new(linspace(-1, 1, 70_001)), new(ones(3, 3))];
        using var one = new AdamW(Grouped(left, [0.1, 0]), Constants, 2, keepAverage: true);
        using var other = new AdamW(Grouped(right, [0.1, 0]), Constants, 2, keepAverage: true, fused: false);
        for (int step = 0; step < 4; step++)
        {
            one.ZeroGrad();
            other.ZeroGrad();
            foreach (Parameter[] side in new[] { left, right }) ((side[0].sin().sum() + side[1].square().sum()) * 512).backward();
            StepRequest request = new(1e-2) { MaxGradNorm = 10, LossScale = 512, AverageDecay = 0.9 };
            Assert.Equal(one.Step(request).GradNorm, other.Step(request).GradNorm, 1e-3);
        }
        for (int i = 0; i < left.Length; i++) Numbers.AssertClose(right[i], left[i], 1e-6);
        foreach ((string name, Tensor value) in one.State) Numbers.AssertClose(other.State[name], value, 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_parameter_without_a_gradient_is_neither_changed_nor_decayed_and_has_no_state(bool fused)
    {
        using DisposeScope scope = NewDisposeScope();
        // Three of one group, so that the one in the middle parts a run; and one that is reached in the second step only.
        Parameter[] all = [new(ones(20)), new(ones(20)), new(ones(7)), new(ones(5))];
        using var optimizer = new AdamW(Grouped(all, [0.1, 0.1, 0.1, 0.1]), Constants, 2, keepAverage: true, fused);
        for (int step = 0; step < 2; step++)
        {
            optimizer.ZeroGrad();
            (step == 0 ? all[0].sum() + all[2].sum() : all[0].sum() + all[2].sum() + all[3].sum()).backward();
            optimizer.Step(new StepRequest(1e-2) { AverageDecay = 0.5 });
            Assert.All([0, 2], i => Assert.NotEqual(1, all[i].max().item<float>()));
            Assert.Equal((1, 1), (all[1].min().item<float>(), all[1].max().item<float>()));
            Assert.Equal(step == 0, all[3].max().item<float>() == 1);
        }
        Assert.Equal(0, optimizer.State["first.1"].abs().max().item<float>());
        Assert.Equal(0, optimizer.State["second.1"].abs().max().item<float>());
        Assert.Equal(1, optimizer.Averages["1"].max().item<float>());
        Assert.True(optimizer.State["first.3"].abs().max().item<float>() > 0);
    }

    [Fact]
    public void A_gradient_that_is_not_contiguous_is_made_contiguous()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = new(zeros(5, 7));
        using var optimizer = new Sgd([new ParameterGroup([("w", parameter)], 1, 0)], new SgdOptions(0, Nesterov: false), 1);
        Tensor gradient = arange(35, dtype: ScalarType.Float32).reshape(7, 5).t();
        parameter.grad = gradient;
        optimizer.Step(new StepRequest(1));
        Numbers.AssertClose(-gradient, parameter, 0);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [new(ones(300, 300)), new(ones(7))];
        using var optimizer = new AdamW(Grouped(parameters, [0.1, 0]), Constants, 2, keepAverage: true);
        foreach (Parameter parameter in parameters) parameter.grad = ones_like(parameter);
        StepRequest request = new(1e-2) { MaxGradNorm = 1, LossScale = 2, AverageDecay = 0.9 };
        for (int i = 0; i < 50; i++) optimizer.Step(request);
        // Of all threads; the least of several, since the runtime's own threads allocate now and then.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 100; i++) optimizer.Step(request);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.InRange(least, 0, 99); // less than a byte a step
        long own = GC.GetAllocatedBytesForCurrentThread();
        optimizer.ZeroGrad();
        Assert.Equal(own, GC.GetAllocatedBytesForCurrentThread());
    }

    private static ParameterGroup[] Grouped(IReadOnlyList<Parameter> parameters, IReadOnlyList<double> decays) =>
        [.. parameters.Select((parameter, i) => new ParameterGroup([($"{i}", parameter)], 1, decays[i]))];
}
