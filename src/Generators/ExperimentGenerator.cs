using System.Collections.Immutable;
using System.Text;
using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;
using HiEndMae.Generators.Experiments;
using HiEndMae.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace HiEndMae.Generators;

/// <summary>Checks the TOML files of a project against the schemas of its references and turns them into typed values. This class only connects the steps.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ExperimentGenerator : IIncrementalGenerator
{
    private const string Extension = ".toml";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParsedFile> files = context.AdditionalTextsProvider
            .Where(static text => text.Path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            .Select(static (text, cancel) => ParsedFile.Parse(text.GetText(cancel)?.ToString() ?? "", text.Path))
            .WithTrackingName(TrackingNames.ParsedFiles);
        IncrementalValueProvider<ExperimentFileSet> all = files.Collect()
            .Select(static (found, _) => new ExperimentFileSet(new([.. found])));
        IncrementalValueProvider<SchemaSet> schemas = context.CompilationProvider
            .Select(static (compilation, cancel) => SchemaTexts.Of(compilation, cancel))
            .WithTrackingName(TrackingNames.SchemaTexts)
            .Select(static (texts, _) => SchemaReader.Read(texts))
            .WithTrackingName(TrackingNames.Schemas);
        IncrementalValueProvider<string> folder = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => options.GlobalOptions.TryGetValue("build_property.ProjectDir", out string? found) ? found : "");

        // Only changed files, and files that extend them, are checked again.
        IncrementalValuesProvider<ExperimentOutput> outputs = files.Combine(all)
            .Select(static (pair, _) => ExperimentSource.Resolve(pair.Left, pair.Right.Find))
            .WithTrackingName(TrackingNames.ResolvedFiles)
            .Combine(schemas.Combine(folder))
            .Select(static (pair, _) => Check(pair.Left, pair.Right.Left, pair.Right.Right))
            .WithTrackingName(TrackingNames.CheckedFiles);
        context.RegisterSourceOutput(outputs.Select(static (output, _) => (output.Name.RelativePath, output.Code)).WithTrackingName(TrackingNames.Values), static (context, output) =>
        {
            if (output.Code is not null) context.AddSource($"{output.RelativePath.Replace('/', '.')}.g.cs", SourceText.From(output.Code, Encoding.UTF8));
        });
        // Errors of a file are found again with every file that extends it, but reported once.
        context.RegisterSourceOutput(outputs.Select(static (output, _) => output.Diagnostics).Collect(), static (context, found) =>
        {
            foreach (ConfigDiagnostic diagnostic in ConfigDiagnostic.Ordered(found.SelectMany(diagnostics => diagnostics))) context.ReportDiagnostic(FileDiagnostic.Of(diagnostic));
        });
        context.RegisterSourceOutput(outputs.Select(static (output, _) => (output.Name, output.Path)).Collect(), static (context, names) => ReportSameNames(context, names));
        context.RegisterSourceOutput(schemas.Select(static (found, _) => found.Experiment is null).Combine(files.Collect()), static (context, pair) =>
        {
            if (pair.Left && pair.Right.Length > 0)
                context.ReportDiagnostic(Diagnostic.Create(Diagnostics.NoExperimentSchema, FileDiagnostic.Start(pair.Right[0].Path)));
        });
    }

    private static ExperimentOutput Check(ParsedFile file, SchemaSet schemas, string folder)
    {
        ExperimentName name = ExperimentName.Of(file.Path, folder);
        if (schemas.Experiment is null) return new ExperimentOutput(name, file.Path, null, new([.. file.Diagnostics]));
        CheckedExperiment found = ExperimentChecker.Check(file, schemas.Experiment, schemas.Components, getVariable: null);
        return new ExperimentOutput(name, file.Path, found.Points.Count == 0 ? null : ExperimentEmitter.Emit(name, found, schemas), new([.. found.Diagnostics]));
    }

    private static void ReportSameNames(SourceProductionContext context, ImmutableArray<(ExperimentName Name, string Path)> files)
    {
        var folders = new HashSet<string>(files.SelectMany(file => file.Name.Folders.Select((_, i) => string.Join(".", file.Name.Folders.Take(i + 1).Prepend(ExperimentName.Root)))));
        var taken = new HashSet<string>();
        foreach ((ExperimentName name, string path) in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            if (ExperimentChecker.IsPart(path)) continue;
            if (!taken.Add(name.FullName) || folders.Contains(name.FullName) || (name.Folders.Count > 0 && name.Folders[name.Folders.Count - 1] == name.Property))
                context.ReportDiagnostic(Diagnostic.Create(Diagnostics.SameName, FileDiagnostic.Start(path), name.FullName));
        }
    }
}
