using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Outputs of the heads of one level.</summary>
/// <param name="Projection">[S, C], the normed mean over voxels.</param>
/// <param name="Prediction">[S, C], predicted from the projection.</param>
/// <param name="Restored">[S, C', X, Y, Z]: the view restored from this level, in [0, 1]. Null for small views.</param>
internal sealed record Pcrlv2Features(Tensor Projection, Tensor Prediction, Tensor? Restored);
