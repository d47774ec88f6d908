using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Training;
using HiEndMae.TorchRepairs;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Machine;

/// <summary>Prepares this process for an experiment: cores, threads, arithmetic.</summary>
internal static class Compute
{
    /// <summary>Applies the settings of an experiment. Call it on the thread that computes, before it computes anything.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="processes">Number of processes that share the cores of this machine.</param>
    /// <returns>Number of libtorch's threads on CPU.</returns>
    /// <exception cref="UserException">The machine does not have the cores.</exception>
    /// <exception cref="MissingFunctionException">This build of libtorch lacks a function that a setting needs.</exception>
    public static int Prepare(ExperimentConfig config, int processes = 1)
    {
        CoreAffinity.Bind(config.Cores);
        int threads = config.Threads > 0 ? config.Threads : config.Cores.Count > 0 ? config.Cores.Count : Math.Max(1, Environment.ProcessorCount / processes);
        set_num_threads(threads);
        // If libtorch cannot be switched, its defaults are right unless the experiment asks for something else.
        if (config.Cuda.Tf32 || Determinism.IsSupported) CudaArithmetic.SetTf32(config.Cuda.Tf32);
        if (Determinism.IsSupported) CudaArithmetic.SetBenchmark(config.Cuda.CudnnBenchmark);
        if (config.Deterministic || Determinism.IsSupported) Determinism.Set(config.Deterministic);
        return threads;
    }
}
