using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Optimisation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>What runs otherwise on GPUs gives what CPUs give.</summary>
public sealed class CudaTests
{
    [CudaFact]
    public void AdamW_takes_the_same_steps() => AssertSameSteps(new OptimizerConfig { Beta2 = 0.95, GradClip = 1 });

    [CudaFact]
    public void Sgd_takes_the_same_steps() => AssertSameSteps(new OptimizerConfig { Kind = OptimizerKind.Sgd, GradClip = 1 });

    [CudaFact]
    public void Autocast_computes_products_in_bfloat16()
    {
        using DisposeScope scope = NewDisposeScope();
        var precision = new StepPrecision(Precision.Bfloat16, CUDA);
        Tensor a = rand(new long[] { 64, 64 }, device: CUDA), b = rand(new long[] { 64, 64 }, device: CUDA);
        using (precision.Enter()) Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
        Assert.Equal(ScalarType.Float32, a.matmul(b).dtype);
    }

    // Several ranks need several GPUs. One rank shows that the functions are found and called with the right arguments.
    [CudaFact]
    public void Nccl_sums_over_a_single_process_to_the_same_tensor()
    {
        InitializeDeviceType(DeviceType.CUDA);
        IProcessGroup group = NcclGroup.Over(SingleProcess.Instance);
        Assert.SkipWhen(group is not NcclGroup, "There is no NCCL library.");
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Assert.Equal((0, 1), (group.Rank, group.Size));
        // A little more than one piece, so that the fixed order takes two.
        Tensor values = randn(new long[] { HostGroup.PieceLength + 5 }, device: CUDA), before = values.clone();
        group.Sum(values, fixedOrder: false);
        Assert.True(values.eq(before).all().ToBoolean());
        group.Sum(values, fixedOrder: true);
        Assert.True(values.eq(before).all().ToBoolean());
        Assert.Throws<ArgumentException>(() => group.Sum(zeros(new long[] { 4 }, ScalarType.Float64, CUDA), fixedOrder: false));
        group.Dispose();
        // After the end of the group, a sum is refused and does not wait.
        Assert.Throws<ProcessGroupException>(() => group.Sum(values, fixedOrder: false));
    }

    private static void AssertSameSteps(OptimizerConfig config)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        Tensor start = randn(10_007);
        Parameter[] weights = [new(start.clone()), new(start.to(CUDA))];
        using IOptimizer onCpu = Optimizers.Create(config, [new ParameterGroup([("w", weights[0])], 1, 0.05)], 2, keepAverage: true);
        using IOptimizer onGpu = Optimizers.Create(config, [new ParameterGroup([("w", weights[1])], 1, 0.05)], 2, keepAverage: true);
        for (int step = 0; step < 20; step++)
        {
            Tensor gradient = randn(10_007);
            weights[0].grad = gradient.clone();
            weights[1].grad = gradient.to(CUDA);
            var request = new StepRequest(1e-2) { MaxGradNorm = 1, AverageDecay = 0.9 };
            Assert.Equal(onCpu.Step(request).GradNorm, onGpu.Step(request).GradNorm, 1e-3);
        }
        Numbers.AssertClose(weights[0], weights[1].cpu(), 1e-5);
    }
}
