namespace HiEndMae.Generators.Model;

/// <summary>How many values of its kind a property has.</summary>
internal enum Shape
{
    One,
    List,
    Dictionary,
}

/// <summary>One key of a config record.</summary>
internal sealed record PropertyModel
{
    /// <summary>Name of the C# property.</summary>
    public required string Name { get; init; }

    /// <summary>Key in snake_case.</summary>
    public required string Key { get; init; }

    /// <summary>Member of ValueKind.</summary>
    public required string Kind { get; init; }

    /// <summary>Full name of the type of the value, or of each item.</summary>
    public required string ItemType { get; init; }

    /// <summary>One value, list or dictionary.</summary>
    public required Shape Shape { get; init; }

    /// <summary>Whether the value is null if the key is missing.</summary>
    public required bool IsNullable { get; init; }

    /// <summary>Whether it is a value type, so that a nullable one has a Value.</summary>
    public required bool IsValueType { get; init; }

    /// <summary>Whether the key is required.</summary>
    public required bool IsRequired { get; init; }

    /// <summary>XML summary.</summary>
    public required string Summary { get; init; }

    /// <summary>Facts from attributes.</summary>
    public required EquatableArray<Fact> Facts { get; init; }

    /// <summary>Member of Slot, for components.</summary>
    public required string? Slot { get; init; }

    /// <summary>Whether the keys of a component are in the surrounding table.</summary>
    public required bool Inline { get; init; }

    /// <summary>Words that are not paths; null if the string is not a path.</summary>
    public required EquatableArray<string>? PathKeywords { get; init; }

    /// <summary>Members of an enum.</summary>
    public required EquatableArray<string> EnumMembers { get; init; }

    /// <summary>Default as TOML if it is a constant; null if it must be computed.</summary>
    public required string? Default { get; init; }
}
