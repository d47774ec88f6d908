using System.Collections.Immutable;
using System.Text;
using HiEndMae.Generators.Emit;
using HiEndMae.Generators.Model;
using HiEndMae.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace HiEndMae.Generators;

/// <summary>Completes config records and lists the components of an assembly. This class only connects the steps.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ConfigGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParsedRecord> components = Records(context, "HiEndMae.ComponentAttribute", TrackingNames.Components);
        IncrementalValuesProvider<ParsedRecord> sections = Records(context, "HiEndMae.ConfigSectionAttribute", TrackingNames.Sections);
        IncrementalValuesProvider<ImplementationModel> implementations = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => ImplementationParser.MayBe(node),
                static (found, cancel) => ImplementationParser.Parse(found.SemanticModel.GetDeclaredSymbol(found.Node, cancel) as INamedTypeSymbol))
            .Where(static found => found is not null)
            .Select(static (found, _) => found!)
            .WithTrackingName(TrackingNames.Implementations);

        // Source and diagnostics are separate outputs, so that a new comment moves errors without generating source again.
        foreach (IncrementalValuesProvider<ParsedRecord> records in new[] { components, sections })
        {
            context.RegisterSourceOutput(records.Select(static (parsed, _) => parsed.Record), static (output, record) =>
            {
                if (record is not null) output.AddSource(RecordEmitter.HintName(record), SourceText.From(RecordEmitter.Emit(record), Encoding.UTF8));
            });
            context.RegisterSourceOutput(records, static (output, parsed) =>
            {
                foreach (DiagnosticInfo diagnostic in parsed.Diagnostics) output.ReportDiagnostic(diagnostic.ToDiagnostic());
            });
        }
        IncrementalValueProvider<EquatableArray<ImplementationModel>> classes = implementations.Collect()
            .Select(static (found, _) => new EquatableArray<ImplementationModel>([.. found.OrderBy(one => one.TypeName, StringComparer.Ordinal)]));
        var manifest = components.Select(static (parsed, _) => parsed.Record).Where(static record => record is not null).Select(static (record, _) => record!)
            .Collect()
            .Select(static (records, _) => new EquatableArray<RecordModel>([.. records.OrderBy(record => record.FullName, StringComparer.Ordinal)]))
            .Combine(classes)
            .Combine(context.CompilationProvider.Select(static (compilation, _) => compilation.AssemblyName ?? "Plugins"))
            .WithTrackingName(TrackingNames.Manifest);
        context.RegisterSourceOutput(manifest, static (output, all) =>
        {
            ((EquatableArray<RecordModel> records, EquatableArray<ImplementationModel> found), string assembly) = all;
            var pairs = records.Select(record => (Record: record, Implementation: Find(record, found))).Where(pair => pair.Implementation is { Hidden: null })
                .Select(pair => (pair.Record, pair.Implementation!)).ToArray();
            if (pairs.Length > 0) output.AddSource("PluginManifest.g.cs", SourceText.From(ManifestEmitter.Emit(assembly, pairs), Encoding.UTF8));
        });
        var schemas = components.Collect().Combine(sections.Collect())
            .Select(static (all, _) => new EquatableArray<RecordModel>([.. all.Left.Concat(all.Right).Select(parsed => parsed.Record).OfType<RecordModel>().OrderBy(record => record.FullName, StringComparer.Ordinal)]))
            .WithTrackingName(TrackingNames.RecordSchemas);
        context.RegisterSourceOutput(schemas, static (output, records) =>
        {
            if (records.Count > 0) output.AddSource("ConfigSchemas.g.cs", SourceText.From(SchemasEmitter.Emit(records), Encoding.UTF8));
        });
        context.RegisterSourceOutput(components.Collect().Combine(classes), static (output, all) => ReportUnmatched(output, all.Left, all.Right));
    }

    private static IncrementalValuesProvider<ParsedRecord> Records(IncrementalGeneratorInitializationContext context, string attribute, string name) =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(attribute, static (node, _) => node is TypeDeclarationSyntax, RecordParser.Parse)
            .WithTrackingName(name);

    private static ImplementationModel? Find(RecordModel record, EquatableArray<ImplementationModel> classes) => FindAll(record, classes).FirstOrDefault();

    private static IEnumerable<ImplementationModel> FindAll(RecordModel record, EquatableArray<ImplementationModel> classes) =>
        classes.Where(one => one.ConfigName == record.FullName && one.Slot == record.Slot);

    private static void ReportUnmatched(SourceProductionContext output, ImmutableArray<ParsedRecord> components, EquatableArray<ImplementationModel> classes)
    {
        var taken = new HashSet<(string?, string?)>();
        foreach (ParsedRecord parsed in components)
        {
            if (parsed.Record is not { } record) continue;
            Location? location = parsed.Location?.ToLocation();
            // A partial class is found once per declaration.
            ImplementationModel[] found = [.. FindAll(record, classes).Distinct()];
            if (found.Length == 0)
                output.ReportDiagnostic(Diagnostic.Create(Diagnostics.NoImplementation, location, record.Name, ImplementationParser.BaseOf(record.Slot!), $"{record.Slot}Context"));
            else if (found.Length > 1)
                output.ReportDiagnostic(Diagnostic.Create(Diagnostics.TwoClasses, location, Short(found[0].TypeName), Short(found[1].TypeName), record.Name));
            else if (found[0].Hidden is { } hidden)
                output.ReportDiagnostic(Diagnostic.Create(Diagnostics.HiddenConstructor, location, Short(found[0].TypeName), hidden));
            if (!taken.Add((record.Slot, record.ComponentName)))
                output.ReportDiagnostic(Diagnostic.Create(Diagnostics.DuplicateComponent, location, record.Slot, record.ComponentName));
        }
    }

    private static string Short(string fullName) => fullName.Replace("global::", "");
}
