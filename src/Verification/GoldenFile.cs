using System.Globalization;
using HiEndMae.Engine.Weights;
using HiEndMae.Engine.Weights.Naming;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Reference numbers of another program: a configuration in the metadata, weights and results as tensors.</summary>
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

    /// <summary>What it is, such as pretraining; empty where the metadata does not say it.</summary>
    public string Kind => file.Metadata.GetValueOrDefault("kind") ?? "";

    /// <summary>Names of the model's weights, without their prefix.</summary>
    public IEnumerable<string> WeightNames => entries.Keys.Where(name => name.StartsWith(Weights, StringComparison.Ordinal)).Select(name => name[Weights.Length..]);

    /// <summary>A tensor by its name.</summary>
    /// <exception cref="CheckpointException">The golden has no such tensor.</exception>
    public Tensor this[string name] => entries.TryGetValue(name, out WeightEntry? entry) ? file.Read(entry) : throw new CheckpointException($"The golden '{Path}' has no '{name}'.");

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Has(string name) => entries.ContainsKey(name);

    /// <summary>Names of the tensors that begin with a prefix.</summary>
    public IEnumerable<string> Names(string prefix) => entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>A value of the metadata; null where there is none.</summary>
    public string? Find(string key) => file.Metadata.GetValueOrDefault(key);

    /// <summary>A value of the metadata.</summary>
    /// <exception cref="CheckpointException">The metadata has no such key.</exception>
    public string Text(string key) => file.Metadata.GetValueOrDefault(key) ?? throw new CheckpointException($"The golden '{Path}' does not say '{key}' in its metadata.");

    /// <summary>A whole number of the metadata.</summary>
    /// <exception cref="CheckpointException">The metadata has no such key, or it is no whole number.</exception>
    public long Int(string key) => long.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : throw Wrong(key);

    /// <summary>A number of the metadata.</summary>
    /// <exception cref="CheckpointException">The metadata has no such key, or it is no number.</exception>
    public double Double(string key) => double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Wrong(key);

    /// <summary>Numbers of the metadata, separated by commas; there may be none.</summary>
    /// <exception cref="CheckpointException">The metadata has no such key, or one of them is no number.</exception>
    public double[] Doubles(string key) => [.. Text(key).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Wrong(key))];

    /// <summary>Copies the golden's weights into a model. Names are translated from those of the golden's program, and every parameter of the model must be filled.</summary>
    /// <param name="target">The model's tensors by their names here.</param>
    /// <param name="computed">Weights of the golden that the model may compute by itself instead.</param>
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

    /// <summary>The largest difference from one of the golden's tensors, relative to its largest value.</summary>
    public double Deviation(string name, Tensor actual) => Deviation(this[name], actual);

    /// <summary>The largest difference, relative to the largest value expected.</summary>
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

    private CheckpointException Wrong(string key) => new($"The golden '{Path}' says {key} = '{Text(key)}', which is no number.");
}
