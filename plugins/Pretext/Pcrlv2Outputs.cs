using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Outputs of the model for views of one kind.</summary>
/// <param name="Restored">[S, C, X, Y, Z]: the restored views, in [0, 1].</param>
/// <param name="Levels">Levels of the way up, coarsest first.</param>
internal sealed record Pcrlv2Outputs(Tensor Restored, IReadOnlyList<Pcrlv2Features> Levels);
