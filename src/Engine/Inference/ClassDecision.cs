using System.Buffers;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Converts network outputs to class indices: the most probable class, or for networks with regions, every region whose probability is above one half.</summary>
/// <param name="regions">The regions, one per output; empty if outputs are classes, background first.</param>
public sealed class ClassDecision(IReadOnlyList<LabelRegion> regions)
{
    private const float Threshold = 0.5f;

    /// <summary>Decides between classes without regions.</summary>
    public static ClassDecision MostProbable { get; } = new([]);

    /// <summary>Returns the probabilities of logits [B, K, X, Y, Z]: the softmax over classes, or the sigmoid of each region.</summary>
    public Tensor Probabilities(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return regions.Count == 0 ? logits.softmax(1) : logits.sigmoid();
    }

    /// <summary>Decides for a volume of probabilities.</summary>
    /// <param name="probabilities">[K, X, Y, Z].</param>
    /// <param name="labels">Receives class indices [X, Y, Z].</param>
    public void Decide(Volume<float> probabilities, Memory<ushort> labels)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        int plane = probabilities.Size.Y * probabilities.Size.Z;
        // The buffer is rented, because a scan has hundreds of parts, and the garbage of each would be collected late.
        Parallel.For(0, probabilities.Size.X, () => ArrayPool<float>.Shared.Rent(plane), (x, _, best) =>
        {
            Span<ushort> row = labels.Span.Slice(x * plane, plane);
            row.Clear();
            if (regions.Count > 0)
            {
                for (int k = 0; k < regions.Count; k++) Mark(probabilities.Channel(k).Slice(x * plane, plane), row, (ushort)regions[k].Index);
                return best;
            }
            probabilities.Channel(0).Slice(x * plane, plane).CopyTo(best);
            for (int k = 1; k < probabilities.Channels; k++)
            {
                ReadOnlySpan<float> candidate = probabilities.Channel(k).Slice(x * plane, plane);
                for (int i = 0; i < plane; i++)
                {
                    if (candidate[i] <= best[i]) continue;
                    best[i] = candidate[i];
                    row[i] = (ushort)k;
                }
            }
            return best;
        }, best => ArrayPool<float>.Shared.Return(best));
    }

    /// <summary>Decides for outputs [1, K, x, Y, Z] on any device.</summary>
    /// <param name="outputs">Logits, or probabilities.</param>
    /// <param name="areProbabilities">Whether the outputs are probabilities.</param>
    /// <returns>Class indices [1, x, Y, Z], 64-bit.</returns>
    public Tensor Decide(Tensor outputs, bool areProbabilities)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (regions.Count == 0) return outputs.argmax(1);
        using DisposeScope scope = NewDisposeScope();
        double threshold = areProbabilities ? Threshold : 0;
        Tensor classes = zeros_like(outputs.select(1, 0), ScalarType.Int64);
        for (int k = 0; k < regions.Count; k++) classes = classes.masked_fill(outputs.select(1, k).gt(threshold), regions[k].Index);
        return classes.MoveToOuterDisposeScope();
    }

    private static void Mark(ReadOnlySpan<float> probabilities, Span<ushort> labels, ushort index)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if (probabilities[i] > Threshold) labels[i] = index;
        }
    }
}
