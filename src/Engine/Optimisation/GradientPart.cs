using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>Gradients of some of a step's batches, removed from the parameters for later addition.</summary>
public sealed class GradientPart : IDisposable
{
    internal GradientPart(IReadOnlyList<Tensor?> gradients) => Gradients = gradients;

    /// <summary>By parameter; null where it has none.</summary>
    internal IReadOnlyList<Tensor?> Gradients { get; }

    /// <summary>Frees them.</summary>
    public void Dispose()
    {
        foreach (Tensor? gradient in Gradients) gradient?.Dispose();
    }
}
