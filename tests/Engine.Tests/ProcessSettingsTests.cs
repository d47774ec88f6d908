using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Training;
using HiEndMae.TorchRepairs;

namespace HiEndMae.Engine.Tests;

/// <summary>Settings of the whole process: they reach libtorch and the system.</summary>
[Collection(nameof(ProcessSettingsTests))]
[CollectionDefinition(nameof(ProcessSettingsTests), DisableParallelization = true)]
public sealed class ProcessSettingsTests
{
    [Fact]
    public void TensorFloat_32_and_cuDNN_s_search_are_switched()
    {
        bool tf32 = CudaArithmetic.AllowsTf32, benchmarks = CudaArithmetic.Benchmarks;
        try
        {
            CudaArithmetic.SetTf32(!tf32);
            CudaArithmetic.SetBenchmark(!benchmarks);
            Assert.Equal((!tf32, !benchmarks), (CudaArithmetic.AllowsTf32, CudaArithmetic.Benchmarks));
            CudaArithmetic.SetBenchmark(true);
            Determinism.Set(true);
            Assert.False(CudaArithmetic.Benchmarks);
        }
        finally
        {
            Determinism.Set(false);
            CudaArithmetic.SetTf32(tf32);
            CudaArithmetic.SetBenchmark(benchmarks);
        }
    }

    [Fact]
    public void A_thread_stays_on_the_given_cores()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        string allowed = "";
        // A thread of the test's own, which ends bound.
        var thread = new Thread(() =>
        {
            CoreAffinity.Bind([0]);
            allowed = File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1];
        });
        thread.Start();
        thread.Join();
        Assert.Equal("0", allowed);
    }

    [Fact]
    public void A_core_that_does_not_exist_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsWindows(), "Other systems bind no threads.");
        UserException error = Assert.Throws<UserException>(() => CoreAffinity.Bind([0, 4000]));
        Assert.Contains("counted from 0", error.Message);
    }
}
