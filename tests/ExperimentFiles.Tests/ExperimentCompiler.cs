using System.Collections.Immutable;
using HiEndMae.Engine.Configuration;
using HiEndMae.Generators;
using HiEndMae.Host.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>A compilation with the engine and every plugin as references, and experiment files beside it: what a build of experiments/ is.</summary>
internal static class ExperimentCompiler
{
    /// <summary>Where the project of the files would lie.</summary>
    public const string Folder = "/project/";

    public static CSharpCompilation Compilation { get; } = CSharpCompilation.Create(
        "Experiments", [], References(), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static GeneratorDriver Driver(IEnumerable<AdditionalText> files, string folder = Folder) => CSharpGeneratorDriver.Create(
        [new ExperimentGenerator().AsSourceGenerator()], files, null, new Options(folder), new GeneratorDriverOptions(default, trackIncrementalGeneratorSteps: true));

    /// <summary>Every diagnostic of a set of files.</summary>
    public static ImmutableArray<Diagnostic> Check(IEnumerable<AdditionalText> files)
    {
        GeneratorDriverRunResult result = Driver(files).RunGenerators(Compilation).GetRunResult();
        Assert.Null(result.Results[0].Exception);
        return result.Diagnostics;
    }

    /// <summary>As <c>hiendmae validate</c> prints it.</summary>
    public static string Line(Diagnostic diagnostic)
    {
        FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
        string severity = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        return $"{span.Path}({span.StartLinePosition.Line + 1},{span.StartLinePosition.Character + 1}): {severity} {diagnostic.Id}: {diagnostic.GetMessage(null)}";
    }

    private static IEnumerable<MetadataReference> References()
    {
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        IEnumerable<string> plugins = Directory.GetDirectories(Repository.Plugins).Select(folder => Path.Combine(folder, Path.GetFileName(folder) + ".dll"));
        return platform.Append(typeof(ExperimentConfig).Assembly.Location).Concat(plugins).Distinct().Select(path => MetadataReference.CreateFromFile(path));
    }

    private sealed class Options(string folder) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new ProjectOptions(folder);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class ProjectOptions(string folder) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value)
        {
            value = folder;
            return key == "build_property.ProjectDir";
        }
    }
}

/// <summary>A file as the compiler is given it.</summary>
internal sealed class TomlFile(string path, string text) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);

    /// <summary>A file on disk, decoded as the compiler decodes it.</summary>
    public static TomlFile Load(string path) => new(path, File.ReadAllText(path));
}
