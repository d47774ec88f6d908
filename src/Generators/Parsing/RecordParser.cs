using HiEndMae.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HiEndMae.Generators.Parsing;

/// <summary>Converts the symbol of a record to its model. No other code uses symbols of config records.</summary>
internal static class RecordParser
{
    public static ParsedRecord Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancel)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var diagnostics = new List<DiagnosticInfo>();
        LocationInfo? location = LocationInfo.From(type.Locations.FirstOrDefault());
        bool partial = context.TargetNode is TypeDeclarationSyntax syntax && syntax.Modifiers.Any(modifier => modifier.ValueText == "partial");
        if (!partial || !type.IsRecord || !type.IsSealed || type.ContainingType is not null)
        {
            diagnostics.Add(new DiagnosticInfo(Diagnostics.NotPartial, location, new([type.Name])));
            return new ParsedRecord(null, new([.. diagnostics]), location);
        }
        string? slot = null, name = null;
        AttributeData attribute = context.Attributes[0];
        if (attribute.AttributeClass!.Name == "ComponentAttribute" && attribute.ConstructorArguments.Length == 2)
        {
            slot = PropertyParser.EnumMember(attribute.ConstructorArguments[0]);
            name = attribute.ConstructorArguments[1].Value as string ?? "";
        }
        bool isExperiment = attribute.NamedArguments.Any(named => named.Key == "IsExperiment" && named.Value.Value is true);
        IPropertySymbol[] properties = PropertiesOf(type);
        PropertyModel[] models = [.. properties.Select(property => PropertyParser.Parse(property, properties, context.SemanticModel.Compilation, diagnostics, cancel)).OfType<PropertyModel>()];
        var record = new RecordModel(
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            type.Name, XmlSummary.Of(type, cancel), slot, name, isExperiment, new(models))
        {
            Features = new(FeaturesOf(type)),
            WithoutMask = type.GetAttributes().Any(one => one.AttributeClass?.ToDisplayString() == "HiEndMae.WithoutMaskAttribute"),
        };
        return new ParsedRecord(diagnostics.Count == 0 ? record : null, new([.. diagnostics]), location);
    }

    private static string[] FeaturesOf(INamedTypeSymbol type)
    {
        AttributeData? attribute = type.GetAttributes().FirstOrDefault(one => one.AttributeClass?.ToDisplayString() is "HiEndMae.GivesAttribute" or "HiEndMae.ReadsAttribute");
        if (attribute is not { ConstructorArguments: [{ Value: int value, Type: INamedTypeSymbol flags }] }) return [];
        return [.. flags.GetMembers().OfType<IFieldSymbol>().Where(member => member.ConstantValue is int bit && bit != 0 && (value & bit) == bit).Select(member => member.Name)];
    }

    // Own properties first, then those of base records. An overridden property is listed once, as declared in the derived record.
    private static IPropertySymbol[] PropertiesOf(INamedTypeSymbol type)
    {
        var properties = new List<IPropertySymbol>();
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not SpecialType.System_Object }; declaring = declaring.BaseType)
        {
            properties.AddRange(declaring.GetMembers().OfType<IPropertySymbol>().Where(property =>
                property is { IsStatic: false, IsIndexer: false, SetMethod: not null, DeclaredAccessibility: Accessibility.Public, IsImplicitlyDeclared: false }
                && properties.All(other => other.Name != property.Name)));
        }
        return [.. properties];
    }
}
