using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Training;
using HiEndMae.TorchRepairs;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Machine;

/// <summary>Readies this process for an experiment: cores, threads, arithmetic.</summary>
internal static class Compute
{
    /// <summary>Applies what the experiment says. To be called by the thread that computes, before it does.</summary>
    /// <returns>Threads of libtorch on CPU.</returns>
    /// <exception cref="UserException">The machine does not have the cores.</exception>
    /// <exception cref="MissingFunctionException">This build of libtorch lacks a function that a setting needs.</exception>
    public static int Prepare(ExperimentConfig config)
    {
        CoreAffinity.Bind(config.Cores);
        int threads = config.Threads > 0 ? config.Threads : config.Cores.Count > 0 ? config.Cores.Count : Environment.ProcessorCount;
        set_num_threads(threads);
        // Where libtorch cannot be switched, what it does by itself is right unless something else is asked for.
        if (config.Cuda.Tf32 || Determinism.IsSupported) CudaArithmetic.SetTf32(config.Cuda.Tf32);
        if (Determinism.IsSupported) CudaArithmetic.SetBenchmark(config.Cuda.CudnnBenchmark);
        if (config.Deterministic || Determinism.IsSupported) Determinism.Set(config.Deterministic);
        return threads;
    }
}
