using System.Globalization;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Reference numbers of another program: a configuration in the metadata, weights and results as tensors.</summary>
internal sealed class GoldenFile : IDisposable
{
    private const string Weights = "weights.";
    private readonly WeightFile file;
    private readonly Dictionary<string, WeightEntry> entries;

    public GoldenFile(string path)
    {
        file = WeightFile.Open(path);
        entries = file.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    public string Path => file.Path;

    /// <summary>What it is: pretraining, unetr, transfer, or something that is no model.</summary>
    public string Kind => file.Metadata.GetValueOrDefault("kind") ?? "";

    /// <summary>Names of the model's weights, without their prefix.</summary>
    public IEnumerable<string> WeightNames => entries.Keys.Where(name => name.StartsWith(Weights, StringComparison.Ordinal)).Select(name => name[Weights.Length..]);

    public Tensor this[string name] => entries.TryGetValue(name, out WeightEntry? entry) ? file.Read(entry) : throw new CheckpointException($"The golden '{Path}' has no '{name}'.");

    public bool Has(string name) => entries.ContainsKey(name);

    public IEnumerable<string> Names(string prefix) => entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    public string Text(string key) => file.Metadata.GetValueOrDefault(key) ?? throw new CheckpointException($"The golden '{Path}' does not say '{key}'.");

    public long Int(string key) => long.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : throw Wrong(key);

    public double Double(string key) => double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Wrong(key);

    public double[] Doubles(string key) => [.. Text(key).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Wrong(key))];

    /// <summary>Copies the golden's weights into a model, by another program's names; every parameter of the model must be filled.</summary>
    /// <param name="target">The model's tensors by their names here.</param>
    /// <param name="computed">Tensors of the golden that the model computes.</param>
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
            if (!target.TryGetValue(own, out Tensor? place)) throw new CheckpointException($"The golden '{Path}' has the weight '{name}', which the model has not.");
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

    public void Dispose() => file.Dispose();

    private CheckpointException Wrong(string key) => new($"The golden '{Path}' says {key} = '{Text(key)}', which is no number.");
}
