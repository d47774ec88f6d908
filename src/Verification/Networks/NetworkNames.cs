using HiEndMae.Engine.Weights;
using HiEndMae.Engine.Weights.Naming;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Networks;

/// <summary>Maps tensors of a network to the official names in a golden.</summary>
internal sealed class NetworkNames
{
    private const string Weights = "weights.", BatchCount = ".num_batches_tracked";
    private readonly GoldenFile golden;
    private readonly Encoder encoder;
    private readonly SegmentationHead head;
    private readonly IReadOnlyList<WeightRule> rules;

    public NetworkNames(GoldenFile golden, Encoder encoder, SegmentationHead head)
    {
        (this.golden, this.encoder, this.head) = (golden, encoder, head);
        rules = Engine.Weights.WeightNames.From(Engine.Weights.WeightNames.Detect(golden.WeightNames));
    }

    /// <summary>Returns a parameter or buffer by its official name.</summary>
    /// <exception cref="CheckpointException">The network has no such tensor.</exception>
    public Tensor this[string official] => Find(official) ?? throw new CheckpointException($"The golden '{golden.Path}' has '{official}', which the network has not.");

    /// <summary>Returns a parameter or buffer by its official name; null if the network has none.</summary>
    public Tensor? Find(string official)
    {
        Dictionary<string, Tensor> all = All();
        return Engine.Weights.WeightNames.Apply(rules, official, all.ContainsKey)?.Target is { } own ? all.GetValueOrDefault(own) : null;
    }

    /// <summary>Returns names that the golden lists, separated by commas.</summary>
    public IEnumerable<string> List(string key) => golden.Text(key).Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Copies the weights of the golden. Every tensor of the network must be filled, and every weight of the golden must have a place or be excluded by a rule.</summary>
    /// <exception cref="CheckpointException">A tensor is not filled, or a weight has no place.</exception>
    public void Fill()
    {
        Dictionary<string, Tensor> all = All(), left = new(all, StringComparer.Ordinal);
        using IDisposable noGrad = no_grad();
        foreach (string official in golden.WeightNames)
        {
            using DisposeScope scope = NewDisposeScope();
            if (Engine.Weights.WeightNames.Apply(rules, official, all.ContainsKey) is not { } found) throw new CheckpointException($"The golden '{golden.Path}' has the weight '{official}', which no rule knows.");
            if (found.Target is null) continue;
            if (!left.Remove(found.Target, out Tensor? place)) throw new CheckpointException($"The golden '{golden.Path}' has the weight '{official}', which the network has not.");
            Tensor value = golden[Weights + official];
            if (!value.shape.SequenceEqual(place.shape))
                throw new CheckpointException($"The golden '{golden.Path}': '{official}' is [{string.Join(", ", value.shape)}], the network's is [{string.Join(", ", place.shape)}].");
            place.copy_(value);
        }
        string[] missing = [.. left.Keys.Where(name => !name.EndsWith(BatchCount, StringComparison.Ordinal) && name != "encoder.pos_embed").Order(StringComparer.Ordinal)];
        if (missing.Length > 0) throw new CheckpointException($"The golden '{golden.Path}' lacks {missing.Length} weights of the network, such as '{missing[0]}'.");
    }

    private Dictionary<string, Tensor> All() => ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["head"] = head }).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
}
