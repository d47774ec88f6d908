using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Averages the weights of several checkpoints of one training to one model (a "model soup").</summary>
public static class WeightAverage
{
    /// <summary>Returns the means of tensors by name, in the current dispose scope. Tensors of integers are taken from the last checkpoint.</summary>
    /// <param name="checkpoints">At least one file or folder of weights.</param>
    /// <exception cref="CheckpointException">A checkpoint is missing or damaged, or the checkpoints belong to different models.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(IReadOnlyList<string> checkpoints)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        var mean = new Dictionary<string, Tensor>(CheckpointStore.LoadWeights(checkpoints[0]), StringComparer.Ordinal);
        if (checkpoints.Count == 1) return mean;
        using IDisposable noGrad = no_grad();
        for (int i = 1; i < checkpoints.Count; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            IReadOnlyDictionary<string, Tensor> next = CheckpointStore.LoadWeights(checkpoints[i]);
            if (next.Count != mean.Count || next.Any(entry => !mean.TryGetValue(entry.Key, out Tensor? known) || !known.shape.SequenceEqual(entry.Value.shape)))
                throw new CheckpointException($"'{checkpoints[i]}' and '{checkpoints[0]}' belong to different models, so their weights cannot be averaged.");
            // A running mean keeps sums within the precision of the weights.
            Scalar share = 1.0 / (i + 1);
            foreach ((string name, Tensor tensor) in next)
            {
                if (tensor.is_floating_point()) mean[name].add_(tensor.sub_(mean[name]), share);
                else mean[name].copy_(tensor);
            }
            GC.KeepAlive(share);
        }
        return mean;
    }
}
