using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Decides between classes on the grid of the model.</summary>
/// <param name="size">The grid.</param>
/// <param name="areProbabilities">Whether the outputs are probabilities.</param>
/// <param name="decision">From outputs to classes.</param>
internal sealed class ModelGridLabels(Size3 size, bool areProbabilities, ClassDecision decision) : IPlaneReceiver
{
    private const int Slab = 16;

    /// <summary>Class indices [X, Y, Z] of the planes that have come.</summary>
    public ushort[] Labels { get; } = new ushort[size.Count];

    /// <inheritdoc/>
    public int MostKept(int outputs) => 0;

    /// <inheritdoc/>
    public int Take(int first, Tensor planes)
    {
        int count = (int)planes.shape[2], plane = size.Y * size.Z;
        // In slabs, because the indices come as 64-bit numbers.
        for (int x = 0; x < count; x += Slab)
        {
            using DisposeScope scope = NewDisposeScope();
            int length = Math.Min(Slab, count - x);
            ReadOnlySpan<long> classes = decision.Decide(planes.narrow(2, x, length), areProbabilities).cpu().contiguous().data<long>().ToArray(); // [1, x, Y, Z]
            Span<ushort> target = Labels.AsSpan((first + x) * plane, length * plane);
            for (int i = 0; i < target.Length; i++) target[i] = (ushort)classes[i];
        }
        return count;
    }
}
