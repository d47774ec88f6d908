using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Arithmetic of GPUs. These keys have no effect on a CPU.</summary>
[ConfigSection]
public sealed partial record CudaConfig
{
    /// <summary>Whether matrix products and convolutions may use TensorFloat-32 (from Ampere on). It rounds inputs to 10 bits of mantissa: faster, with errors of about a thousandth.</summary>
    public bool Tf32 { get; init; }

    /// <summary>Whether cuDNN measures its algorithms at the first use of every size and then uses the fastest. It never does with deterministic = true.</summary>
    public bool CudnnBenchmark { get; init; } = true;
}
