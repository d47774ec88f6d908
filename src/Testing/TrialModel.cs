using static TorchSharp.torch;

namespace HiEndMae.Testing;

/// <summary>A model with the component that is checked.</summary>
/// <param name="Tested">The component. Its parameters are checked.</param>
/// <param name="Encoder">The encoder that a head or task reads; the component itself if that is an encoder.</param>
/// <param name="Loss">From volumes [B, C, X, Y, Z] and the number of the step to a scalar. It checks shapes on the way.</param>
internal sealed record TrialModel(nn.Module Tested, Encoder Encoder, Func<Tensor, int, Tensor> Loss) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Tested.Dispose();
        if (!ReferenceEquals(Tested, Encoder)) Encoder.Dispose();
    }
}
