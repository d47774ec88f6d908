using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>How GPUs compute. On a CPU none of it has an effect.</summary>
[ConfigSection]
public sealed partial record CudaConfig
{
    /// <summary>Whether matrix products and convolutions may round their inputs to 10 bits of mantissa (TensorFloat-32, from Ampere on): faster, and off by about a thousandth.</summary>
    public bool Tf32 { get; init; }

    /// <summary>Whether cuDNN measures its algorithms at the first use of every size and keeps the fastest; with deterministic it never does.</summary>
    public bool CudnnBenchmark { get; init; } = true;
}
