using HiEndMae.Engine.Weights;
using HiEndMae.Engine.Weights.Naming;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Networks;

/// <summary>The tensors of a network under the official names that a golden has them by.</summary>
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

    /// <summary>A parameter or buffer by its official name.</summary>
    /// <exception cref="CheckpointException">The network has none such.</exception>
    public Tensor this[string official] => Find(official) ?? throw new CheckpointException($"The golden '{golden.Path}' has '{official}', which the network has not.");

    /// <summary>The same; null where the network has none such.</summary>
    public Tensor? Find(string official)
    {
        Dictionary<string, Tensor> all = All();
        return Engine.Weights.WeightNames.Apply(rules, official, all.ContainsKey)?.Target is { } own ? all.GetValueOrDefault(own) : null;
    }

    /// <summary>Names that the golden lists, separated by commas.</summary>
    public IEnumerable<string> List(string key) => golden.Text(key).Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Copies the golden's weights; every tensor of the network must be filled, and every one of the golden have a place or a rule that leaves it out.</summary>
    /// <exception cref="CheckpointException">One has not.</exception>
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
