namespace HiEndMae.Generators.Model;

/// <summary>How many values of its kind a property has.</summary>
internal enum Shape
{
    One,
    List,
    Dictionary,
}

/// <summary>One key of a config record.</summary>
/// <param name="Name">Name of the C# property.</param>
/// <param name="Key">Key in snake_case.</param>
/// <param name="Kind">Member of ValueKind.</param>
/// <param name="ItemType">Full name of the type of the value, or of each item.</param>
/// <param name="Shape">One value, list or dictionary.</param>
/// <param name="IsNullable">Whether the value is null if the key is missing.</param>
/// <param name="IsValueType">Whether it is a value type, so that a nullable one has a Value.</param>
/// <param name="IsRequired">Whether the key is required.</param>
/// <param name="Summary">XML summary.</param>
/// <param name="Facts">Facts from attributes.</param>
/// <param name="Slot">Member of Slot, for components.</param>
/// <param name="Inline">Whether the keys of a component are in the surrounding table.</param>
/// <param name="PathKeywords">Words that are not paths; null if the string is not a path.</param>
/// <param name="EnumMembers">Members of an enum.</param>
/// <param name="Default">Default as TOML if it is a constant; null if it must be computed.</param>
internal sealed record PropertyModel(
    string Name, string Key, string Kind, string ItemType, Shape Shape, bool IsNullable, bool IsValueType, bool IsRequired, string Summary,
    EquatableArray<Fact> Facts, string? Slot, bool Inline, EquatableArray<string>? PathKeywords, EquatableArray<string> EnumMembers, string? Default);
