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

    private static CheckpointException ShapeError(string path, string name, Tensor found, Tensor wanted) =>
        new($"'{path}' is of another model: '{name}' is [{string.Join(", ", found.shape)}] there and [{string.Join(", ", wanted.shape)}] here.");
}
