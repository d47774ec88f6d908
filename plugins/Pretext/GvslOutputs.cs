using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Outputs of GVSL's heads for pairs of crops.</summary>
/// <param name="Matrix">[B, 3, 4], the affine map of the second crop to the first.</param>
/// <param name="Flow">[B, 3, X, Y, Z], the flow after it, in voxels.</param>
/// <param name="Warped">[B, C, X, Y, Z], the second crop after both.</param>
/// <param name="Restored">[B, C, X, Y, Z], the first crop.</param>
internal sealed record GvslOutputs(Tensor Matrix, Tensor Flow, Tensor Warped, Tensor Restored);
