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
        CheckNames(target.Keys, [.. source.Keys], path);
        using IDisposable noGrad = no_grad();
        foreach ((string name, Tensor tensor) in target)
        {
            if (!tensor.shape.SequenceEqual(source[name].shape)) throw ShapeError(path, name, source[name].shape, tensor);
            tensor.copy_(source[name]);
        }
    }

    /// <summary>Copies every tensor of a file, one at a time; names and shapes must be the same, and nothing is copied where they are not.</summary>
    /// <exception cref="CheckpointException">They are not, or the file is broken.</exception>
    public static void Restore(IReadOnlyDictionary<string, Tensor> target, WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(file);
        CheckNames(target.Keys, [.. file.Entries.Select(entry => entry.Name)], file.Path);
        foreach (WeightEntry entry in file.Entries)
        {
            if (!target[entry.Name].shape.SequenceEqual(entry.Shape)) throw ShapeError(file.Path, entry.Name, entry.Shape, target[entry.Name]);
        }
        using IDisposable noGrad = no_grad();
        foreach (WeightEntry entry in file.Entries)
        {
            using DisposeScope scope = NewDisposeScope();
            target[entry.Name].copy_(file.Read(entry));
        }
    }

    private static void CheckNames(IEnumerable<string> wanted, IReadOnlyCollection<string> found, string path)
    {
        string[] names = [.. wanted], missing = [.. names.Except(found).Order(StringComparer.Ordinal)], unknown = [.. found.Except(names).Order(StringComparer.Ordinal)];
        if (missing.Length + unknown.Length > 0)
            throw new CheckpointException($"'{path}' is of another model: {missing.Length} tensors are missing, {unknown.Length} unknown, such as '{missing.Concat(unknown).First()}'.");
    }

    private static CheckpointException ShapeError(string path, string name, IReadOnlyList<long> found, Tensor wanted) =>
        new($"'{path}' is of another model: '{name}' is [{string.Join(", ", found)}] there and [{string.Join(", ", wanted.shape)}] here.");
}
