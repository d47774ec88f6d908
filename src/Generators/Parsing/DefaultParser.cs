using HiEndMae.Configuration;
using HiEndMae.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HiEndMae.Generators.Parsing;

/// <summary>Returns the default of a property as TOML if its initialiser is a constant, a size of constants or a list of constants.</summary>
internal static class DefaultParser
{
    public static string? Parse(IPropertySymbol property, string kind, Shape shape, Compilation compilation, CancellationToken cancel)
    {
        if (property.IsRequired || kind is "Section" or "Component" || shape == Shape.Dictionary) return null;
        if (property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancel) is not PropertyDeclarationSyntax syntax) return null;
        if (syntax.Initializer is not { Value: { } value }) return Nothing(property, kind, shape);
        SemanticModel model = compilation.GetSemanticModel(syntax.SyntaxTree);
        if (shape == Shape.One) return One(value, kind, property.Type, model, cancel);
        if (value is not CollectionExpressionSyntax list) return null;
        ITypeSymbol item = ((INamedTypeSymbol)property.Type).TypeArguments[0];
        string?[] items = [.. list.Elements.Select(element => element is ExpressionElementSyntax { Expression: { } expression } ? One(expression, kind, item, model, cancel) : null)];
        return items.Contains(null) ? null : $"[{string.Join(", ", items)}]";
    }

    private static string? One(ExpressionSyntax value, string kind, ITypeSymbol type, SemanticModel model, CancellationToken cancel)
    {
        if (model.GetConstantValue(value, cancel) is { HasValue: true, Value: { } constant }) return Constant(constant, kind, type);
        ArgumentListSyntax? arguments = value switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Cube" or "Isotropic" } } call => call.ArgumentList,
            BaseObjectCreationExpressionSyntax { Initializer: null } creation => creation.ArgumentList,
            _ => null,
        };
        if (kind is not ("Size3" or "Spacing3") || arguments is null) return null;
        string item = kind == "Size3" ? "Int" : "Double";
        string?[] edges = [.. arguments.Arguments.Select(argument => One(argument.Expression, item, type, model, cancel))];
        if (edges.Contains(null) || edges.Length is not (1 or 3)) return null;
        return $"[{string.Join(", ", edges.Length == 1 ? [edges[0], edges[0], edges[0]] : edges)}]";
    }

    private static string? Constant(object value, string kind, ITypeSymbol type) => kind switch
    {
        "Int" or "Long" => TomlText.Value(new ConfigScalar(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture), default)),
        "Float" => TomlText.Value(new ConfigScalar(double.Parse(Convert.ToSingle(value, System.Globalization.CultureInfo.InvariantCulture).ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture), default)),
        "Double" => TomlText.Value(new ConfigScalar(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture), default)),
        "Bool" => TomlText.Value(new ConfigScalar(value, default)),
        "String" => TomlText.Value(new ConfigScalar(value, default)),
        "Enum" => type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(member => Equals(member.ConstantValue, value)) is { } member
            ? TomlText.Value(new ConfigScalar(SnakeCase.Member(member.Name), default))
            : null,
        _ => null,
    };

    // Default of the language for a property without an initialiser.
    private static string? Nothing(IPropertySymbol property, string kind, Shape shape) => shape != Shape.One || property.Type.NullableAnnotation == NullableAnnotation.Annotated
        ? null
        : kind switch
        {
            "Int" or "Long" => "0",
            "Float" or "Double" => "0.0",
            "Bool" => "false",
            _ => null,
        };
}
