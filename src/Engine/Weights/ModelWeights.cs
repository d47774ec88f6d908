using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>Converts modules to named tensors and back.</summary>
public static class ModelWeights
{
    /// <summary>Returns the parameters and persistent buffers of modules with their prefixes, such as <c>encoder.blocks.0.norm1.weight</c>. These are live tensors, not copies.</summary>
    public static IReadOnlyDictionary<string, Tensor> Of(IReadOnlyDictionary<string, nn.Module> modules) => modules
        .SelectMany(module => module.Value.state_dict().Select(entry => (Name: $"{module.Key}.{entry.Key}", entry.Value)))
        .ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>Copies every tensor. Names and shapes must match.</summary>
    /// <exception cref="CheckpointException">Names or shapes differ.</exception>
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

    /// <summary>Copies every tensor of a file, one at a time. Names and shapes must match; otherwise nothing is copied.</summary>
    /// <exception cref="CheckpointException">Names or shapes differ, or the file is damaged.</exception>
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
            throw new CheckpointException($"'{path}' belongs to another model: {missing.Length} tensors are missing and {unknown.Length} are unknown, such as '{missing.Concat(unknown).First()}'.");
    }

    private static CheckpointException ShapeError(string path, string name, IReadOnlyList<long> found, Tensor wanted) =>
        new($"'{path}' belongs to another model: '{name}' has the shape [{string.Join(", ", found)}] in the file and [{string.Join(", ", wanted.shape)}] in the model.");
}
