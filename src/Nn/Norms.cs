using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Functions that several norms share.</summary>
internal static class Norms
{
    /// <summary>The tensor in float32 at least: norms are never computed in 16 bits, whatever autocast made of their input.</summary>
    public static Tensor Wide(Tensor x) => x.dtype is ScalarType.Float64 or ScalarType.Float32 ? x : x.to(ScalarType.Float32);
}
