using HiEndMae.Configuration;
using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Emit;

/// <summary>Facts of a KeySchema besides name, kind and summary, in a form that is both TOML and C#.</summary>
internal static class SchemaFacts
{
    public static IEnumerable<Fact> Of(PropertyModel property)
    {
        foreach (Fact fact in property.Facts) yield return fact;
        if (property.IsRequired) yield return new("Required", "true");
        if (property.IsNullable) yield return new("IsOptional", "true");
        if (property.Shape == Shape.List) yield return new("IsArray", "true");
        if (property.Shape == Shape.Dictionary) yield return new("IsDictionary", "true");
        if (property.Inline) yield return new("Inline", "true");
        yield return new("Property", Quoted(property.Name));
        yield return new("Type", Quoted(property.ItemType));
    }

    public static string Quoted(string text) => TomlText.Value(new ConfigScalar(text, default));
}
