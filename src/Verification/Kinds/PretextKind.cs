using HiEndMae.Configuration;
using HiEndMae.References;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Kinds;

/// <summary>Pretext tasks, which recompute their reference numbers themselves (<see cref="IReferenceCheck"/>): the golden pretext-NAME is given to the task NAME, of whatever plugin.</summary>
public sealed class PretextKind : IGoldenKind
{
    private const string Prefix = "pretext-";

    // Goldens that call a method by another name than its plugin has.
    private static readonly Dictionary<string, string> Plugins = new(StringComparer.Ordinal) { ["mg"] = "models-genesis" };

    /// <inheritdoc/>
    public string Name => "pretext-NAME";

    /// <inheritdoc/>
    public bool Compares(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return kind.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(context);
        string method = golden.Kind[Prefix.Length..], plugin = Plugins.GetValueOrDefault(method, method);
        IComponentConfig config = context.Configure(Slot.Decoder, $"plugin = \"{plugin}\"");
        if (config is not IReferenceCheck check) throw new PluginException($"The pretext task '{plugin}' recomputes no reference numbers, so nothing can be compared.");
        using DisposeScope scope = NewDisposeScope();
        var tensors = new ReferenceGolden(golden, context);
        ReferenceValue[] values = [.. check.Recompute(tensors)];
        List<Deviation> found = [.. values.Select(value => new Deviation(value.Name, DeviationOf(golden, value), value.Tolerance))];
        IReadOnlyList<string> left = tensors.Left(values.Select(value => value.Name));
        if (left.Count > 0) found.Add(new Deviation($"{left.Count} tensors that nothing reads or compares, such as {left[0]}", left.Count, 0));
        return found;
    }

    private static double DeviationOf(GoldenFile golden, ReferenceValue value)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor expected = golden[value.Name];
        // Numbers of elements are compared there, shapes here: a scalar and a vector of one are the same.
        return expected.numel() > 1 && !expected.shape.SequenceEqual(value.Value.shape) ? double.PositiveInfinity : GoldenFile.Deviation(expected, value.Value);
    }
}
