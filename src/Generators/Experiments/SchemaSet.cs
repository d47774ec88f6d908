using HiEndMae.Configuration;

using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Experiments;

/// <summary>What the referenced assemblies say of configs. Equal where their texts are, so that it is read once.</summary>
/// <param name="texts">The attributes' texts.</param>
internal sealed class SchemaSet(EquatableArray<string> texts) : IEquatable<SchemaSet>
{
    private readonly EquatableArray<string> texts = texts;

    /// <summary>What an experiment is; null where no assembly says it.</summary>
    public SectionSchema? Experiment { get; init; }

    /// <summary>What a <c>plugin</c> key may name.</summary>
    public IReadOnlyList<ComponentSchema> Components { get; init; } = [];

    public bool Equals(SchemaSet? other) => other is not null && texts.Equals(other.texts);

    public override bool Equals(object? obj) => Equals(obj as SchemaSet);

    public override int GetHashCode() => texts.GetHashCode();
}
