using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A batch of a pre-training task.</summary>
/// <param name="Volumes">[B, C, X, Y, Z], intensities scaled to [0, 1].</param>
/// <param name="Mask">Visible tokens; null unless <see cref="Decoder.UsesMask"/>.</param>
public sealed record PretextBatch(Tensor Volumes, TokenMask? Mask);

/// <summary>Volumes of a reconstruction, in the intensities of the input.</summary>
/// <param name="Masked">[B, C, X, Y, Z]: the input with hidden patches set to 0.</param>
/// <param name="Volumes">[B, C, X, Y, Z]: the input with hidden patches replaced by their reconstruction.</param>
public sealed record Reconstruction(Tensor Masked, Tensor Volumes);
