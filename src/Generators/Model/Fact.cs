namespace HiEndMae.Generators.Model;

/// <summary>One property of a KeySchema: TOML in the assembly's schemas, and the same text is C# in the record's.</summary>
/// <param name="Name">The property.</param>
/// <param name="Value">A TOML value that is a C# expression too: a number, true, a quoted text, or a list of texts.</param>
internal sealed record Fact(string Name, string Value);
