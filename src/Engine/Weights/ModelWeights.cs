using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Modules to named tensors and back.</summary>
public static class ModelWeights
{
    /// <summary>Parameters and persistent buffers of modules, each under its prefix: <c>encoder.blocks.0.norm1.weight</c>. Live tensors, not copies.</summary>
    public static IReadOnlyDictionary<string, Tensor> Of(IReadOnlyDictionary<string, nn.Module> modules) => modules
        .SelectMany(module => module.Value.state_dict().Select(entry => (Name: $"{module.Key}.{entry.Key}", entry.Value)))
        .ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>Copies every tensor; names and shapes must be the same.</summary>
    /// <exception cref="CheckpointException">They are not.</exception>
    public static void Restore(IReadOnlyDictionary<string, Tensor> target, IReadOnlyDictionary<string, Tensor> source, string path)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(source);
        string[] missing = [.. target.Keys.Except(source.Keys).Order(StringComparer.Ordinal)], unknown = [.. source.Keys.Except(target.Keys).Order(StringComparer.Ordinal)];
        if (missing.Length + unknown.Length > 0)
        {
            throw new CheckpointException($"'{path}' is of another model: {missing.Length} tensors are missing, {unknown.Length} unknown, such as '{missing.Concat(unknown).First()}'.");
        }
        using IDisposable noGrad = no_grad();
        foreach ((string name, Tensor tensor) in target)
        {
            if (!tensor.shape.SequenceEqual(source[name].shape)) throw ShapeError(path, name, source[name], tensor);
            tensor.copy_(source[name]);
        }
    }

    /// <summary>Copies a pre-trained encoder into one for segmentation: every <c>encoder.*</c> tensor except the class token, which is not used downstream.</summary>
    /// <param name="encoder">The encoder to fill.</param>
    /// <param name="source">Tensors of a pre-training checkpoint.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <returns>Names of the encoder's tensors that the checkpoint has nothing for; they keep their initial values.</returns>
    /// <exception cref="CheckpointException">The checkpoint has no encoder, or one of another size.</exception>
    public static IReadOnlyList<string> Transfer(nn.Module encoder, IReadOnlyDictionary<string, Tensor> source, string path)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        const string Prefix = "encoder.";
        // The class token exists in pre-training only; fixed position tables are computed, not stored.
        string[] optional = ["pos_embed"];
        Dictionary<string, Tensor> target = encoder.state_dict();
        var left = new List<string>();
        using IDisposable noGrad = no_grad();
        foreach ((string name, Tensor tensor) in target)
        {
            if (!source.TryGetValue(Prefix + name, out Tensor? value))
            {
                if (!optional.Contains(name)) throw new CheckpointException($"'{path}' has no tensor '{Prefix}{name}': it is not a checkpoint of this encoder.");
                left.Add(name);
                continue;
            }
            if (!tensor.shape.SequenceEqual(value.shape)) throw ShapeError(path, name, value, tensor);
            tensor.copy_(value);
        }
        return left;
    }

    private static CheckpointException ShapeError(string path, string name, Tensor found, Tensor wanted) =>
        new($"'{path}' is of another model: '{name}' is [{string.Join(", ", found.shape)}] there and [{string.Join(", ", wanted.shape)}] here.");
}
