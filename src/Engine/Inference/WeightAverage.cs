using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>One model from several checkpoints of one training: the mean of every weight (a "model soup").</summary>
public static class WeightAverage
{
    /// <summary>Means of tensors by name, in the current dispose scope; what is no fraction is taken from the last.</summary>
    /// <param name="checkpoints">Files or folders of weights, at least one.</param>
    /// <exception cref="CheckpointException">One is missing or broken, or they are of different models.</exception>
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
                throw new CheckpointException($"'{checkpoints[i]}' and '{checkpoints[0]}' are of different models: their weights have no mean.");
            // A running mean: no sum grows beyond what a weight's own precision holds.
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
