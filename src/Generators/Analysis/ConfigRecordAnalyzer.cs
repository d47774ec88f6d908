using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using HiEndMae.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace HiEndMae.Generators.Analysis;

/// <summary>Finds mistakes in config records that compile: names, keys and defaults that no experiment could use.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConfigRecordAnalyzer : DiagnosticAnalyzer
{
    private const string Component = "HiEndMae.ComponentAttribute", Section = "HiEndMae.ConfigSectionAttribute", Range = "HiEndMae.RangeAttribute";

    // Types whose members say something about the machine, the user or the moment.
    private static readonly string[] Machine =
        ["System.Environment", "System.DateTime", "System.DateTimeOffset", "System.Random", "System.Runtime.InteropServices.RuntimeInformation", "System.OperatingSystem", "TorchSharp.torch.cuda"];

    private static readonly string[] MachineMembers = ["System.IO.Path.GetTempPath", "System.IO.Path.GetFullPath", "System.IO.Directory.GetCurrentDirectory", "System.Guid.NewGuid", "TorchSharp.torch.get_num_threads"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [ComponentDiagnostics.Name, ComponentDiagnostics.Default, ComponentDiagnostics.HiddenKey, ComponentDiagnostics.MachineDefault];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(CheckRecord, SymbolKind.NamedType);
        context.RegisterSyntaxNodeAction(CheckDefault, SyntaxKind.PropertyDeclaration);
    }

    private static void CheckRecord(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (Attribute(type, Component) is not { ConstructorArguments.Length: 2 } component) return;
        string name = component.ConstructorArguments[1].Value as string ?? "", slot = PropertyParser.EnumMember(component.ConstructorArguments[0]) ?? "";
        if (!Regex.IsMatch(name, "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"))
            context.ReportDiagnostic(Diagnostic.Create(ComponentDiagnostics.Name, Place(component, type, context.CancellationToken), name, Suggested(name)));
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>().Where(IsKey))
        {
            string key = SnakeCase.Key(property.Name);
            if (EngineKeys.Hides(slot, key)) context.ReportDiagnostic(Diagnostic.Create(ComponentDiagnostics.HiddenKey, property.Locations[0], key, slot.ToLowerInvariant()));
        }
    }

    private static void CheckDefault(SyntaxNodeAnalysisContext context)
    {
        var syntax = (PropertyDeclarationSyntax)context.Node;
        if (syntax.Initializer?.Value is not { } value || context.ContainingSymbol is not IPropertySymbol property || !IsKey(property)) return;
        if (Attribute(property.ContainingType, Component) is null && Attribute(property.ContainingType, Section) is null) return;
        if (Attribute(property, Range) is { ConstructorArguments.Length: 2 } range)
        {
            (double minimum, double maximum) = (Number(range.ConstructorArguments[0].Value), Number(range.ConstructorArguments[1].Value));
            foreach (ExpressionSyntax part in Parts(value))
            {
                if (context.SemanticModel.GetConstantValue(part, context.CancellationToken) is not { HasValue: true, Value: { } constant } || constant is string or bool) continue;
                double number = Number(constant);
                if (number < minimum || number > maximum || double.IsNaN(number))
                    context.ReportDiagnostic(Diagnostic.Create(ComponentDiagnostics.Default, part.GetLocation(), Text(number), property.Name, Text(minimum), Text(maximum)));
            }
        }
        foreach (SyntaxNode node in value.DescendantNodesAndSelf().Where(node => node is MemberAccessExpressionSyntax or IdentifierNameSyntax or BaseObjectCreationExpressionSyntax))
        {
            if (context.SemanticModel.GetSymbolInfo(node, context.CancellationToken).Symbol is not { ContainingType: { } owner } symbol || symbol is ITypeSymbol) continue;
            string ownerName = owner.ToDisplayString(), member = $"{ownerName}.{symbol.Name}";
            bool constant = symbol is IFieldSymbol { IsConst: true } or IFieldSymbol { IsReadOnly: true };
            if (constant || (!Machine.Contains(ownerName) && !MachineMembers.Contains(member))) continue;
            context.ReportDiagnostic(Diagnostic.Create(ComponentDiagnostics.MachineDefault, value.GetLocation(), property.Name, symbol.Kind == SymbolKind.Method && symbol.Name == ".ctor" ? ownerName : member));
            return;
        }
    }

    // A number, or the numbers of a list or of a size.
    private static IEnumerable<ExpressionSyntax> Parts(ExpressionSyntax value) => value switch
    {
        CollectionExpressionSyntax list => list.Elements.OfType<ExpressionElementSyntax>().Select(element => element.Expression),
        InvocationExpressionSyntax call => call.ArgumentList.Arguments.Select(argument => argument.Expression),
        BaseObjectCreationExpressionSyntax { ArgumentList: { } arguments } => arguments.Arguments.Select(argument => argument.Expression),
        _ => [value],
    };

    private static bool IsKey(IPropertySymbol property) => property is { IsStatic: false, IsIndexer: false, SetMethod: not null, DeclaredAccessibility: Accessibility.Public };

    private static AttributeData? Attribute(ISymbol symbol, string name) => symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == name);

    private static Location Place(AttributeData attribute, ISymbol symbol, CancellationToken cancel) => attribute.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation() ?? symbol.Locations[0];

    private static string Suggested(string name)
    {
        string kebab = Regex.Replace(SnakeCase.Member(Regex.Replace(name, "[^A-Za-z0-9]+", "-")), "-+", "-").Trim('-');
        return kebab.Length > 0 && kebab[0] is >= 'a' and <= 'z' ? kebab : "my-component";
    }

    private static double Number(object? value) => value is null ? double.NaN : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
