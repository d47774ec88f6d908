using HiEndMae.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HiEndMae.Generators.Parsing;

/// <summary>Finds the classes that implement components.</summary>
internal static class ImplementationParser
{
    private static readonly string[] Slots = ["Encoder", "Decoder", "Head", "Dataset"];

    /// <summary>The contract that a component of a slot derives from.</summary>
    public static string BaseOf(string slot) => slot switch
    {
        "Head" => "SegmentationHead",
        "Decoder" => "PretextTask",
        _ => slot,
    };

    public static bool MayBe(SyntaxNode node) => node is ClassDeclarationSyntax { BaseList: not null } type
        && !type.Modifiers.Any(modifier => modifier.ValueText == "abstract");

    public static ImplementationModel? Parse(INamedTypeSymbol? type)
    {
        if (type is null || type.IsAbstract || SlotOf(type) is not { } slot) return null;
        IMethodSymbol? constructor = type.InstanceConstructors.Where(candidate =>
            candidate.Parameters.Length == 2 && candidate.Parameters[1].Type.ToDisplayString() == $"HiEndMae.{slot}Context")
            .OrderByDescending(candidate => candidate.DeclaredAccessibility).FirstOrDefault();
        return constructor is null ? null : new ImplementationModel(Full(type), slot, Full(constructor.Parameters[0].Type), HiddenBy(constructor, type));
    }

    private static string? HiddenBy(IMethodSymbol constructor, INamedTypeSymbol type) => constructor.DeclaredAccessibility switch
    {
        Accessibility.Private => "private",
        Accessibility.Protected or Accessibility.ProtectedAndInternal => "protected",
        _ => type.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected ? "in a private class" : null,
    };

    private static string? SlotOf(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            string name = ancestor.ToDisplayString();
            if (Slots.FirstOrDefault(slot => name == $"HiEndMae.{BaseOf(slot)}") is { } found) return found;
        }
        return null;
    }

    private static string Full(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
}
