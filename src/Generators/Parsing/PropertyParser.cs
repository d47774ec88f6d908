using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Generators.Model;
using Microsoft.CodeAnalysis;

namespace HiEndMae.Generators.Parsing;

/// <summary>Converts the symbol of a property to its model.</summary>
internal static class PropertyParser
{
    public static PropertyModel? Parse(
        IPropertySymbol property, IReadOnlyList<IPropertySymbol> siblings, Compilation compilation, List<DiagnosticInfo> diagnostics, CancellationToken cancel)
    {
        var facts = new List<Fact>();
        string? slot = null;
        bool inline = false;
        string[]? keywords = null;
        foreach (AttributeData attribute in property.GetAttributes())
        {
            TypedConstant[] arguments = [.. attribute.ConstructorArguments];
            switch (attribute.AttributeClass?.ToDisplayString())
            {
                case "HiEndMae.RangeAttribute":
                    facts.Add(new("Minimum", Number(arguments[0])));
                    facts.Add(new("Maximum", Number(arguments[1])));
                    break;
                case "HiEndMae.MultipleOfAttribute":
                    facts.Add(new("MultipleOf", Other(arguments[0])));
                    break;
                case "HiEndMae.RequiredWithAttribute":
                    facts.Add(new("RequiredWith", Other(arguments[0])));
                    break;
                case "HiEndMae.OneOfAttribute":
                    facts.Add(new("Values", Quoted(Texts(arguments[0]))));
                    break;
                case "HiEndMae.NotEmptyAttribute":
                    facts.Add(new("NotEmpty", "true"));
                    break;
                case "HiEndMae.ExistsAttribute":
                    facts.Add(new("MustExist", "true"));
                    break;
                case "HiEndMae.IgnoredByFingerprintAttribute":
                    facts.Add(new("IgnoredByFingerprint", "true"));
                    break;
                case "HiEndMae.PathAttribute":
                    keywords = Texts(arguments[0]);
                    facts.Add(new("IsPath", "true"));
                    facts.Add(new("PathKeywords", Quoted(keywords)));
                    break;
                case "HiEndMae.DividesAttribute":
                    facts.Add(new("Divides", Quoted(Texts(arguments[0]))));
                    break;
                case "HiEndMae.NumBlocksAttribute":
                    facts.Add(new("CountsBlocks", "true"));
                    break;
                case "HiEndMae.BlockAttribute":
                    facts.Add(new("NamesBlocks", "true"));
                    break;
                case "HiEndMae.PluginAttribute":
                    slot = EnumMember(arguments[0]);
                    inline = attribute.NamedArguments.Any(named => named.Key == "Inline" && named.Value.Value is true);
                    break;
            }
        }
        (ITypeSymbol item, Shape shape, bool nullable) = Unwrap(property.Type);
        string? kind = KindOf(item, slot);
        if (kind is null || (kind == "Component" && shape == Shape.Dictionary))
        {
            diagnostics.Add(new DiagnosticInfo(Diagnostics.UnsupportedType, LocationInfo.From(property.Locations.FirstOrDefault()),
                new([property.Name, property.Type.ToDisplayString()])));
            return null;
        }
        string[] members = kind == "Enum" ? [.. item.GetMembers().OfType<IFieldSymbol>().Select(member => member.Name)] : [];
        if (members.Length > 0)
        {
            facts.Add(new("Values", Quoted(members.Select(SnakeCase.Member))));
            facts.Add(new("Members", Quoted(members)));
        }
        return new PropertyModel
        {
            Name = property.Name,
            Key = SnakeCase.Key(property.Name),
            Kind = kind,
            ItemType = item.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            Shape = shape,
            IsNullable = nullable,
            IsValueType = item.IsValueType && shape == Shape.One,
            IsRequired = property.IsRequired,
            Summary = XmlSummary.Of(property, cancel),
            Facts = new([.. facts]),
            Slot = slot,
            Inline = inline,
            PathKeywords = keywords is null ? null : new(keywords),
            EnumMembers = new(members),
            Default = DefaultParser.Parse(property, kind, shape, compilation, cancel),
        };

        string Other(TypedConstant argument)
        {
            string other = argument.Value as string ?? "";
            if (siblings.All(sibling => sibling.Name != other))
                diagnostics.Add(new DiagnosticInfo(Diagnostics.UnknownOther, LocationInfo.From(property.Locations.FirstOrDefault()), new([property.Name, other])));
            return TomlText.Value(new ConfigScalar(SnakeCase.Key(other), default));
        }
    }

    /// <summary>Returns the name of the enum member with the value of a constant.</summary>
    public static string EnumMember(TypedConstant constant) => constant.Type!.GetMembers().OfType<IFieldSymbol>()
        .First(member => Equals(member.ConstantValue, constant.Value)).Name;

    private static (ITypeSymbol Item, Shape Shape, bool Nullable) Unwrap(ITypeSymbol type)
    {
        bool nullable = type.NullableAnnotation == NullableAnnotation.Annotated;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } optional) type = optional.TypeArguments[0];
        type = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        if (type is not INamedTypeSymbol { IsGenericType: true } generic) return (type, Shape.One, nullable);
        return generic.OriginalDefinition.ToDisplayString() switch
        {
            "System.Collections.Generic.IReadOnlyList<T>" => (generic.TypeArguments[0], Shape.List, nullable),
            "System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>" when generic.TypeArguments[0].SpecialType == SpecialType.System_String =>
                (generic.TypeArguments[1], Shape.Dictionary, nullable),
            _ => (type, Shape.One, nullable),
        };
    }

    private static string? KindOf(ITypeSymbol type, string? slot)
    {
        if (type.TypeKind == TypeKind.Enum) return "Enum";
        if (type.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == "HiEndMae.ConfigSectionAttribute")) return "Section";
        return type.ToDisplayString() switch
        {
            "int" => "Int",
            "long" => "Long",
            "float" => "Float",
            "double" => "Double",
            "bool" => "Bool",
            "string" => "String",
            "System.TimeSpan" => "Duration",
            "HiEndMae.Configuration.ByteSize" => "ByteSize",
            "HiEndMae.Imaging.Size3" => "Size3",
            "HiEndMae.Imaging.Spacing3" => "Spacing3",
            "HiEndMae.Configuration.IComponentConfig" when slot is not null => "Component",
            _ => null,
        };
    }

    private static string[] Texts(TypedConstant array) => array.IsNull ? [] : [.. array.Values.Select(value => value.Value as string ?? "")];

    private static string Quoted(IEnumerable<string> texts) => TomlText.Value(new ConfigArray([.. texts.Select(text => new ConfigScalar(text, default))], default));

    private static string Number(TypedConstant constant) => TomlText.Value(new ConfigScalar(Convert.ToDouble(constant.Value, CultureInfo.InvariantCulture), default));
}
