using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HiEndMae.Generators.Tests;

/// <summary>The generator on source text: what it makes, what it refuses, and what it does not do again.</summary>
public sealed class GeneratorTests
{
    private const string Plugin = """
        namespace Mine;
        /// <summary>Mine.</summary>
        [HiEndMae.Component(HiEndMae.Slot.Dataset, "mine")]
        public sealed partial record MineConfig
        {
            /// <summary>Count.</summary>
            public int Count { get; init; } = 3;
        }
        internal sealed class MineDataset(MineConfig config, HiEndMae.DatasetContext context) : HiEndMae.Dataset
        {
            public override HiEndMae.DatasetInfo Info => new("mine" + config.Count, [], []);
            public override System.Collections.Generic.IEnumerable<HiEndMae.DatasetCase> Cases(HiEndMae.DatasetSplit split) { context.Warn(""); return []; }
        }
        """;

    [Fact]
    public void A_component_gets_its_config_and_an_entry_in_the_manifest()
    {
        (Compilation compilation, ImmutableArray<Diagnostic> diagnostics) = Run(Plugin);
        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        string manifest = compilation.SyntaxTrees.Single(tree => tree.FilePath.EndsWith("PluginManifest.g.cs", StringComparison.Ordinal)).ToString();
        Assert.Contains("global::Mine.MineDataset", manifest);
        Assert.Contains("\"mine\"", manifest);
    }

    [Theory]
    [InlineData("HEM101", "partial record", "record")]
    [InlineData("HEM102", "public int Count { get; init; } = 3;", "public System.Uri? Count { get; init; }")]
    [InlineData("HEM103", "(MineConfig config, HiEndMae.DatasetContext context)", "(MineConfig config, HiEndMae.DatasetContext context, int more)")]
    [InlineData("HEM105", "public int Count", "[HiEndMae.MultipleOf(\"Nothing\")] public int Count")]
    public void Each_kind_of_wrong_record_has_its_own_error(string id, string right, string wrong)
    {
        Assert.Contains(right, Plugin);
        (_, ImmutableArray<Diagnostic> diagnostics) = Run(Plugin.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Contains(diagnostics, diagnostic => diagnostic.Id == id);
    }

    [Fact]
    public void Two_components_with_one_name_are_refused()
    {
        string second = Plugin.Replace("Mine", "Second", StringComparison.Ordinal);
        (_, ImmutableArray<Diagnostic> diagnostics) = Run(Plugin, second);
        Assert.Contains(diagnostics, diagnostic => diagnostic.Id == "HEM104");
    }

    [Fact]
    public void An_unrelated_edit_regenerates_nothing()
    {
        GeneratorRunResult result = Edit(compilation => compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("internal static class Unrelated;", cancellationToken: TestContext.Current.CancellationToken)));
        foreach (string name in (string[])["Components", "Implementations", "Manifest", "RecordSchemas"])
        {
            Assert.All(result.TrackedSteps[name].SelectMany(step => step.Outputs),
                output => Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{name}: {output.Reason}"));
        }
        Assert.All(Sources(result), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_comment_above_a_record_regenerates_no_source()
    {
        GeneratorRunResult result = Edit(compilation => Replace(compilation, "// moved down by a line\n" + Plugin));
        foreach (string name in (string[])["Implementations", "Manifest", "RecordSchemas"])
            Assert.All(result.TrackedSteps[name].SelectMany(step => step.Outputs), output => Assert.NotEqual(IncrementalStepRunReason.Modified, output.Reason));
        Assert.Contains(result.TrackedSteps["Components"].SelectMany(step => step.Outputs), output => output.Reason == IncrementalStepRunReason.Modified); // its place
    }

    [Fact]
    public void A_changed_default_regenerates_its_record_and_the_schemas_only()
    {
        GeneratorRunResult result = Edit(compilation => Replace(compilation, Plugin.Replace("= 3", "= 4", StringComparison.Ordinal)));
        foreach (string name in (string[])["Components", "RecordSchemas"])
            Assert.Contains(result.TrackedSteps[name].SelectMany(step => step.Outputs), output => output.Reason == IncrementalStepRunReason.Modified);
        Assert.All(result.TrackedSteps["Implementations"].SelectMany(step => step.Outputs), output => Assert.NotEqual(IncrementalStepRunReason.Modified, output.Reason));
        Assert.Contains(IncrementalStepRunReason.Modified, Sources(result));
    }

    private static GeneratorRunResult Edit(Func<CSharpCompilation, CSharpCompilation> edit)
    {
        CSharpCompilation first = Compile(Plugin);
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new ConfigGenerator().AsSourceGenerator()], driverOptions: new GeneratorDriverOptions(default, trackIncrementalGeneratorSteps: true));
        return driver.RunGenerators(first, TestContext.Current.CancellationToken).RunGenerators(edit(first), TestContext.Current.CancellationToken).GetRunResult().Results[0];
    }

    private static CSharpCompilation Replace(CSharpCompilation compilation, string source) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken));

    private static IEnumerable<IncrementalStepRunReason> Sources(GeneratorRunResult result) =>
        result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason);

    private static (Compilation, ImmutableArray<Diagnostic>) Run(params string[] sources)
    {
        CSharpGeneratorDriver.Create(new ConfigGenerator())
            .RunGeneratorsAndUpdateCompilation(Compile(sources), out Compilation compilation, out ImmutableArray<Diagnostic> diagnostics, TestContext.Current.CancellationToken);
        return (compilation, diagnostics);
    }

    private static CSharpCompilation Compile(params string[] sources) => CSharpCompilation.Create(
        "Mine",
        sources.Select(source => CSharpSyntaxTree.ParseText(source)),
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
}
