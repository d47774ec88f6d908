using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Keeps every plane until the last one has come.</summary>
/// <param name="length">Number of planes.</param>
internal sealed class WholeVolume(int length) : IPlaneReceiver
{
    /// <summary>[1, K, X, Y, Z], in no dispose scope; null before the last plane.</summary>
    public Tensor? Outputs { get; private set; }

    /// <inheritdoc/>
    public int MostKept(int outputs) => length;

    /// <inheritdoc/>
    public int Take(int first, Tensor planes)
    {
        if (first + planes.shape[2] == length) Outputs = planes.contiguous().DetachFromDisposeScope();
        return 0;
    }
}
