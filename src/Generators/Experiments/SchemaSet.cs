using HiEndMae.Configuration;

using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Experiments;

/// <summary>Schemas of the referenced assemblies. Two sets are equal if their texts are, so that they are parsed once.</summary>
/// <param name="texts">Texts of the attributes.</param>
internal sealed class SchemaSet(EquatableArray<string> texts) : IEquatable<SchemaSet>
{
    private readonly EquatableArray<string> texts = texts;

    /// <summary>Schema of an experiment; null if no assembly has one.</summary>
    public SectionSchema? Experiment { get; init; }

    /// <summary>Components that a <c>plugin</c> key may name.</summary>
    public IReadOnlyList<ComponentSchema> Components { get; init; } = [];

    public bool Equals(SchemaSet? other) => other is not null && texts.Equals(other.texts);

    public override bool Equals(object? obj) => Equals(obj as SchemaSet);

    public override int GetHashCode() => texts.GetHashCode();
}
