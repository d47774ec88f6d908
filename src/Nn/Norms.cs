using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Functions that several norms share.</summary>
internal static class Norms
{
    /// <summary>Returns the tensor in float32 at least. Norms are never computed in 16 bits, even if autocast made their input 16-bit.</summary>
    public static Tensor Wide(Tensor x) => x.dtype is ScalarType.Float64 or ScalarType.Float32 ? x : x.to(ScalarType.Float32);
}
