namespace HiEndMae.Generators.Model;

/// <summary>A config record to complete. It consists of strings and numbers, so that it is cached by content.</summary>
/// <param name="Namespace">Namespace; empty for the global one.</param>
/// <param name="Name">Name of the record.</param>
/// <param name="Summary">XML summary.</param>
/// <param name="Slot">Member of Slot for a component, null for a section.</param>
/// <param name="ComponentName">Value of <c>plugin =</c>.</param>
/// <param name="IsExperiment">Whether it is the root record of experiment files.</param>
/// <param name="Properties">Properties in declaration order.</param>
internal sealed record RecordModel(
    string Namespace, string Name, string Summary, string? Slot, string? ComponentName, bool IsExperiment, EquatableArray<PropertyModel> Properties)
{
    /// <summary>Members of Features that the record states with [Gives] or [Reads].</summary>
    public EquatableArray<string> Features { get; init; } = new([]);

    /// <summary>Whether the record has [WithoutMask].</summary>
    public bool WithoutMask { get; init; }

    public string FullName => Namespace.Length == 0 ? $"global::{Name}" : $"global::{Namespace}.{Name}";
}
