using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A batch of a pretext task.</summary>
/// <param name="Volumes">[B, C, X, Y, Z], intensities scaled to [0, 1].</param>
/// <param name="Mask">Visible tokens, where <see cref="Decoder.UsesMask"/>.</param>
public sealed record PretextBatch(Tensor Volumes, TokenMask? Mask);

/// <summary>Pictures of a reconstruction, in the intensities of the input.</summary>
/// <param name="Masked">[B, C, X, Y, Z]: the input with hidden patches at 0.</param>
/// <param name="Volumes">[B, C, X, Y, Z]: hidden patches as reconstructed, visible ones as they came.</param>
public sealed record Reconstruction(Tensor Masked, Tensor Volumes);
