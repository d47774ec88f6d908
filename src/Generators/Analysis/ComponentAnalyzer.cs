using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace HiEndMae.Generators.Analysis;

/// <summary>Finds mistakes in modules and datasets that compile and only show in results: unregistered weights, chance, and tensors that outlive their step.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ComponentAnalyzer : DiagnosticAnalyzer
{
    private const string Module = "TorchSharp.torch.nn.Module", Tensor = "TorchSharp.torch.Tensor", Enumerable = "System.Collections.Generic.IEnumerable<T>";
    private const string CallRegister = "call RegisterComponents() in the last line of the constructor", UseModuleList = "use nn.ModuleList";
    private const string Buffer = "register a buffer and copy into it, or compute the tensor anew", Draw = "draw with libtorch, whose generators are seeded for every batch", Seeded = "take a seed from the config", NoClock = "leave the clock out";

    private static readonly string[] Registering = ["RegisterComponents", "register_module", "register_parameter", "register_buffer", "add_module"];
    private static readonly string[] Datasets = ["HiEndMae.Dataset", "HiEndMae.DatasetCase"];
    private static readonly string[] Clock = ["System.DateTime.Now", "System.DateTime.UtcNow", "System.DateTime.Today", "System.DateTimeOffset.Now", "System.DateTimeOffset.UtcNow", "System.Environment.TickCount", "System.Environment.TickCount64", "System.Diagnostics.Stopwatch.GetTimestamp"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [ComponentDiagnostics.NotRegistered, ComponentDiagnostics.Chance, ComponentDiagnostics.KeptTensor];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(CheckParts, SymbolKind.NamedType);
        context.RegisterOperationAction(CheckChance, OperationKind.PropertyReference, OperationKind.Invocation, OperationKind.ObjectCreation);
        context.RegisterOperationAction(CheckAssignment, OperationKind.SimpleAssignment);
    }

    private static void CheckParts(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        // The constructor of an abstract class runs before the derived class has its parts, so the derived class registers the parts of both.
        if (type.TypeKind != TypeKind.Class || type.IsAbstract || !DerivesFrom(type, Module)) return;
        INamedTypeSymbol[] declaring = [.. WithBases(type)];
        IFieldSymbol[] fields = [.. declaring.SelectMany(one => one.GetMembers()).OfType<IFieldSymbol>().Where(field => !field.IsStatic && !field.IsConst)];
        IFieldSymbol[] parts = [.. fields.Where(field => IsPart(field.Type))], lists = [.. fields.Where(field => !IsPart(field.Type) && ItemOf(field.Type) is { } item && IsPart(item))];
        if (parts.Length == 0 && lists.Length == 0) return;
        string[] called = [.. declaring.SelectMany(one => one.DeclaringSyntaxReferences).SelectMany(reference => reference.GetSyntax(context.CancellationToken).DescendantNodes())
            .OfType<InvocationExpressionSyntax>().Select(NameOf).OfType<string>()];
        if (!called.Any(Registering.Contains) && parts.Length > 0)
            context.ReportDiagnostic(Diagnostic.Create(ComponentDiagnostics.NotRegistered, type.Locations[0], type.Name, string.Join(", ", parts.Select(DisplayName)), CallRegister));
        // RegisterComponents looks at fields, not into lists.
        if (!called.Contains("register_module") && !called.Contains("add_module"))
        {
            foreach (IFieldSymbol list in lists) context.ReportDiagnostic(Diagnostic.Create(ComponentDiagnostics.NotRegistered, PlaceOf(list), type.Name, DisplayName(list), UseModuleList));
        }
    }

    private static void CheckChance(OperationAnalysisContext context)
    {
        if (context.ContainingSymbol.ContainingType is not { } type) return;
        bool isModule = DerivesFrom(type, Module);
        if (!isModule && !Datasets.Any(name => DerivesFrom(type, name))) return;
        (string? what, string advice) = context.Operation switch
        {
            IPropertyReferenceOperation { Property: { } property } when Clock.Contains(Full(property)) => (Full(property), NoClock),
            IPropertyReferenceOperation { Property: { Name: "Shared" } property } when Full(property) == "System.Random.Shared" => (Full(property), isModule ? Draw : Seeded),
            IInvocationOperation { TargetMethod: { } method } when Full(method) is "System.Guid.NewGuid" => (Full(method), Seeded),
            IInvocationOperation { TargetMethod: { } method } when Clock.Contains(Full(method)) => (Full(method), NoClock),
            // A seeded Random in a module moves on from step to step, and no checkpoint saves where it is.
            IObjectCreationOperation { Type: { } created } creation when created.ToDisplayString() == "System.Random" && (isModule || creation.Arguments.Length == 0) => ("new System.Random", isModule ? Draw : Seeded),
            _ => ((string?)null, ""),
        };
        if (what is not null) context.ReportDiagnostic(Diagnostic.Create(ComponentDiagnostics.Chance, context.Operation.Syntax.GetLocation(), what, advice));
    }

    private static void CheckAssignment(OperationAnalysisContext context)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        ISymbol? target = assignment.Target switch
        {
            IFieldReferenceOperation { Field: { IsStatic: false } field, Instance: IInstanceReferenceOperation } => field,
            IPropertyReferenceOperation { Property: { IsStatic: false } property, Instance: IInstanceReferenceOperation } => property,
            _ => null,
        };
        if (target is null || context.ContainingSymbol is not IMethodSymbol method || method.MethodKind == MethodKind.Constructor || !DerivesFrom(target.ContainingType, Module)) return;
        if (method.MethodKind == MethodKind.PropertySet || !IsNamed((target as IFieldSymbol)?.Type ?? ((IPropertySymbol)target).Type, Tensor)) return;
        if (assignment.Value.ConstantValue is { HasValue: true, Value: null } || assignment.Value.Kind == OperationKind.DefaultValue) return;
        context.ReportDiagnostic(Diagnostic.Create(ComponentDiagnostics.KeptTensor, assignment.Syntax.GetLocation(), target.Name, Buffer));
    }

    // The class and those of its bases that are in the same project.
    private static IEnumerable<INamedTypeSymbol> WithBases(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? one = type; one is { DeclaringSyntaxReferences.Length: > 0 }; one = one.BaseType) yield return one;
    }

    private static bool IsPart(ITypeSymbol type) => DerivesFrom(type, Module) || IsNamed(type, Module) || IsNamed(type, "TorchSharp.Modules.Parameter");

    private static ITypeSymbol? ItemOf(ITypeSymbol type) => type is IArrayTypeSymbol array
        ? array.ElementType
        : type.AllInterfaces.Concat(type is INamedTypeSymbol named ? [named] : []).FirstOrDefault(one => one.OriginalDefinition.ToDisplayString() == Enumerable)?.TypeArguments[0];

    private static bool DerivesFrom(ITypeSymbol type, string name)
    {
        for (ITypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (IsNamed(ancestor, name)) return true;
        }
        return false;
    }

    private static bool IsNamed(ITypeSymbol type, string name) => type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString() == name;

    private static string Full(ISymbol symbol) => $"{symbol.ContainingType.ToDisplayString()}.{symbol.Name}";

    private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } access => access.Name.Identifier.ValueText,
        _ => null,
    };

    // The field of an automatic property is shown as the property.
    private static string DisplayName(IFieldSymbol field) => field.AssociatedSymbol?.Name ?? field.Name;

    private static Location PlaceOf(IFieldSymbol field) => (field.AssociatedSymbol ?? field).Locations[0];
}
