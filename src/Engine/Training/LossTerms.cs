using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>Named parts of the loss of the newest batch. They are read, which waits for the device, only when they are logged.</summary>
public sealed class LossTerms : IDisposable
{
    private readonly Dictionary<string, Tensor> values = new(StringComparer.Ordinal);

    /// <summary>Keeps a copy of a part.</summary>
    /// <param name="name">In snake_case.</param>
    /// <param name="value">A scalar.</param>
    public void Note(string name, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        if (values.Remove(name, out Tensor? old)) old.Dispose();
        values[name] = value.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>The parts by name; waits for the device.</summary>
    public IReadOnlyList<(string Name, double Value)> Read()
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. values.Select(entry => (entry.Key, entry.Value.to(ScalarType.Float64).item<double>()))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor value in values.Values) value.Dispose();
        values.Clear();
    }
}
