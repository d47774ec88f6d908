using System.Globalization;
using HiEndMae.Engine.Weights;
using HiEndMae.Engine.Weights.Naming;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Reads a golden, a file with reference numbers of another program: its configuration as metadata, weights and results as tensors.</summary>
public sealed class GoldenFile : IDisposable
{
    private const string Weights = "weights.";
    private readonly WeightFile file;
    private readonly Dictionary<string, WeightEntry> entries;

    /// <summary>Opens a golden.</summary>
    /// <exception cref="CheckpointException">The file is missing or broken.</exception>
    public GoldenFile(string path)
    {
        file = WeightFile.Open(path);
        entries = file.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string Path => file.Path;

    /// <summary>Kind of the golden, such as pretraining; empty if the metadata does not contain it.</summary>
    public string Kind => file.Metadata.GetValueOrDefault("kind") ?? "";

    /// <summary>Names of the weights of the model, without prefix.</summary>
    public IEnumerable<string> WeightNames => entries.Keys.Where(name => name.StartsWith(Weights, StringComparison.Ordinal)).Select(name => name[Weights.Length..]);

    /// <summary>Returns a tensor by its name.</summary>
    /// <exception cref="CheckpointException">The golden has no such tensor.</exception>
    public Tensor this[string name] => entries.TryGetValue(name, out WeightEntry? entry) ? file.Read(entry) : throw new CheckpointException($"The golden '{Path}' has no '{name}'.");

    /// <summary>Whether there is a tensor with a name.</summary>
    public bool Has(string name) => entries.ContainsKey(name);

    /// <summary>Returns the names of the tensors that start with a prefix.</summary>
    public IEnumerable<string> Names(string prefix) => entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Returns a value of the metadata; null if there is none.</summary>
    public string? Find(string key) => file.Metadata.GetValueOrDefault(key);

    /// <summary>Returns a value of the metadata.</summary>
    /// <exception cref="CheckpointException">The metadata has no such key.</exception>
    public string Text(string key) => file.Metadata.GetValueOrDefault(key) ?? throw new CheckpointException($"The golden '{Path}' does not say '{key}' in its metadata.");

    /// <summary>Returns an integer of the metadata.</summary>
    /// <exception cref="CheckpointException">The metadata has no such key, or its value is not an integer.</exception>
    public long Int(string key) => long.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : throw Wrong(key);

    /// <summary>Returns a number of the metadata.</summary>
    /// <exception cref="CheckpointException">The metadata has no such key, or its value is not a number.</exception>
    public double Double(string key) => double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Wrong(key);

    /// <summary>Returns a list of numbers of the metadata, separated by commas. It may be empty.</summary>
    /// <exception cref="CheckpointException">The metadata has no such key, or one of its values is not a number.</exception>
    public double[] Doubles(string key) => [.. Text(key).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Wrong(key))];

    /// <summary>Copies the weights of the golden into a model. Names are translated from those of the golden's program. Every parameter of the model must be filled.</summary>
    /// <param name="target">Tensors of the model by their names in this program.</param>
    /// <param name="computed">Weights of the golden that the model may compute itself.</param>
    /// <exception cref="CheckpointException">A weight does not fit, is left over, or is missing.</exception>
    public void Fill(IReadOnlyDictionary<string, Tensor> target, IReadOnlyCollection<string> computed)
    {
        IReadOnlyList<WeightRule> rules = Engine.Weights.WeightNames.From(Engine.Weights.WeightNames.Detect(WeightNames));
        var left = new HashSet<string>(target.Keys, StringComparer.Ordinal);
        using IDisposable noGrad = no_grad();
        foreach (string name in WeightNames)
        {
            using DisposeScope scope = NewDisposeScope();
            string own = Engine.Weights.WeightNames.Apply(rules, name)?.Target ?? name;
            if (computed.Contains(name) && !target.ContainsKey(own)) continue;
            if (!target.TryGetValue(own, out Tensor? place)) throw new CheckpointException($"The golden '{Path}' has the weight '{name}', but the model has no such parameter.");
            Tensor value = this[Weights + name];
            if (value.numel() != place.numel()) throw new CheckpointException($"The golden '{Path}': '{name}' is [{string.Join(", ", value.shape)}], the model's is [{string.Join(", ", place.shape)}].");
            place.copy_(own == PatchMatrix.Name && value.dim() == 2
                ? PatchMatrix.ToConvolution(value, place.shape)
                : value.reshape(place.shape));
            left.Remove(own);
        }
        if (left.Count > 0) throw new CheckpointException($"The golden '{Path}' lacks {left.Count} weights of the model, such as '{left.Order(StringComparer.Ordinal).First()}'.");
    }

    /// <summary>Returns the largest difference from a tensor of the golden, relative to its largest value.</summary>
    public double Deviation(string name, Tensor actual) => Deviation(this[name], actual);

    /// <summary>Returns the largest difference, relative to the largest expected value.</summary>
    public static double Deviation(Tensor expected, Tensor actual)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor found = actual.detach().cpu().to(ScalarType.Float64), wanted = expected.to(ScalarType.Float64);
        if (found.numel() != wanted.numel()) return double.PositiveInfinity;
        double scale = wanted.abs().max().item<double>(), difference = (found.reshape(wanted.shape) - wanted).abs().max().item<double>();
        return scale > 0 ? difference / scale : difference;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private CheckpointException Wrong(string key) => new($"The golden '{Path}' says {key} = '{Text(key)}', which is not a number.");
}
