namespace HiEndMae.Generators.Model;

/// <summary>How many values of its kind a property holds.</summary>
internal enum Shape
{
    One,
    List,
    Dictionary,
}

/// <summary>One key of a config record.</summary>
/// <param name="Name">The C# property.</param>
/// <param name="Key">snake_case.</param>
/// <param name="Kind">Member of the contract's ValueKind.</param>
/// <param name="ItemType">Full name of the value's, or of each item's, type.</param>
/// <param name="Shape">One, list or dictionary.</param>
/// <param name="IsNullable">Whether null means "not said".</param>
/// <param name="IsValueType">Whether a nullable one has a Value.</param>
/// <param name="IsRequired">Whether the key must be said.</param>
/// <param name="Summary">XML summary.</param>
/// <param name="Facts">What attributes say of it.</param>
/// <param name="Slot">Member of Slot, for components.</param>
/// <param name="Inline">Whether a component's keys stand in the surrounding table.</param>
/// <param name="PathKeywords">Words that are no paths; null where the text is no path.</param>
/// <param name="EnumMembers">Members of an enum.</param>
/// <param name="Default">Default as TOML, where it is a constant; null where only running code knows it.</param>
internal sealed record PropertyModel(
    string Name, string Key, string Kind, string ItemType, Shape Shape, bool IsNullable, bool IsValueType, bool IsRequired, string Summary,
    EquatableArray<Fact> Facts, string? Slot, bool Inline, EquatableArray<string>? PathKeywords, EquatableArray<string> EnumMembers, string? Default);
