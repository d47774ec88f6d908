namespace HiEndMae.Generators.Model;

/// <summary>One property of a KeySchema. The same text is TOML in the schemas of the assembly and C# in the schema of the record.</summary>
/// <param name="Name">Name of the property.</param>
/// <param name="Value">A TOML value that is a C# expression, too: a number, true, a quoted string, or a list of strings.</param>
internal sealed record Fact(string Name, string Value);
