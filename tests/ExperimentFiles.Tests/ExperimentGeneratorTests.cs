using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using HiEndMae.Configuration.Shared;
using HiEndMae.Configuration;
using HiEndMae.Generators;
using HiEndMae.Host.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>Typed values of experiment files: what they hold, what they are called, and what is not made again.</summary>
public sealed class ExperimentGeneratorTests
{
    private static readonly string Right = File.ReadAllText(Path.Combine(Repository.Root, "tests", "ExperimentFiles.Tests", "corpus", "_right.toml"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generated_values_equal_those_that_the_program_reads()
    {
        string table = Right + "[sweep]\n\"pretrain.mask_ratio\" = [0.6, 0.9]\n\"encoder.num_heads\" = [2, 4]\n";
        string quick = await File.ReadAllTextAsync(Repository.Experiment("quickstart.toml"), Cancel);
        TomlFile[] files = [new("/project/paper/table-5.toml", table), new("/project/quickstart.toml", quick), new("/project/_part.toml", "[pretrain]\nsteps = 3\n")];
        Assembly assembly = Compile(files);
        var typed = (IConfigSection)assembly.GetType("Experiments")!.GetProperty("Quickstart")!.GetValue(null)!;
        var sweep = (IEnumerable<IConfigSection>)assembly.GetType("Experiments+Paper")!.GetProperty("Table5")!.GetValue(null)!;
        Assert.Null(assembly.GetType("Experiments")!.GetProperty("Part"));

        Assert.Equal(await Resolved(quick), TomlText.Document(Completed(typed)));
        string[] points = [.. sweep.Select(point => TomlText.Document(Completed(point)))];
        string[] expected = [.. await Task.WhenAll(new[] { (0.6, 2), (0.6, 4), (0.9, 2), (0.9, 4) }.Select(point =>
            Resolved(Right.Replace("mask_ratio = 0.75", FormattableString.Invariant($"mask_ratio = {point.Item1}"), StringComparison.Ordinal).Replace("num_heads = 2\npatch_size", $"num_heads = {point.Item2}\npatch_size", StringComparison.Ordinal))))];
        Assert.Equal(expected, points);
    }

    [Fact]
    public void The_generator_s_output_equals_the_snapshot()
    {
        // HIENDMAE_UPDATE_SNAPSHOTS=1 writes it anew, to be read before it is committed.
        TomlFile[] files = [new("/project/paper/table-5.toml", Right + "[sweep]\n\"pretrain.mask_ratio\" = [0.6, 0.9]\n")];
        string written = Assert.Single(ExperimentCompiler.Driver(files).RunGenerators(ExperimentCompiler.Compilation, Cancel).GetRunResult().GeneratedTrees).ToString();
        string snapshot = Path.Combine(Repository.Root, "tests", "ExperimentFiles.Tests", "snapshots", "Experiments.Paper.Table5.g.cs.txt");
        if (Environment.GetEnvironmentVariable("HIENDMAE_UPDATE_SNAPSHOTS") == "1") File.WriteAllText(snapshot, written);
        Assert.Equal(File.ReadAllText(snapshot), written);
    }

    [Fact]
    public void Every_shipped_experiment_compiles()
    {
        string folder = Path.Combine(Repository.Root, "experiments") + "/";
        TomlFile[] files = [.. Directory.GetFiles(folder, "*.toml", SearchOption.AllDirectories).Select(TomlFile.Load)];
        Assert.NotEmpty(files);
        GeneratorDriverRunResult result = ExperimentCompiler.Driver(files, folder).RunGenerators(ExperimentCompiler.Compilation, Cancel).GetRunResult();
        Assert.Empty(result.Diagnostics.Select(ExperimentCompiler.Line));
        Assert.Equal(files.Count(file => !ExperimentChecker.IsPart(file.Path)), result.GeneratedTrees.Length);
    }

    [Fact]
    public void Two_files_with_one_name_are_refused()
    {
        string[] ids = [.. ExperimentCompiler.Check([new TomlFile("/project/table-5.toml", Right), new TomlFile("/project/table5.toml", Right)]).Select(diagnostic => diagnostic.Id)];
        Assert.Equal(["HEM110"], ids);
        ids = [.. ExperimentCompiler.Check([new TomlFile("/project/paper.toml", Right), new TomlFile("/project/paper/table5.toml", Right)]).Select(diagnostic => diagnostic.Id)];
        Assert.Equal(["HEM110"], ids);
    }

    [Fact]
    public void A_project_without_a_reference_to_the_engine_gets_an_error()
    {
        CSharpCompilation bare = CSharpCompilation.Create("Bare", references: [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);
        Diagnostic found = Assert.Single(ExperimentCompiler.Driver([new TomlFile("/project/a.toml", Right)]).RunGenerators(bare, Cancel).GetRunResult().Diagnostics);
        Assert.Equal("HEM111", found.Id);
        Assert.Empty(ExperimentCompiler.Driver([]).RunGenerators(bare, Cancel).GetRunResult().Diagnostics);
    }

    [Fact]
    public void An_unrelated_edit_of_C_sharp_checks_no_file_again()
    {
        GeneratorRunResult result = Edit(compilation => compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("internal static class Unrelated;", cancellationToken: Cancel)), driver => driver);
        Assert.All(result.TrackedSteps["SchemaTexts"].SelectMany(step => step.Outputs), output => Assert.Equal(IncrementalStepRunReason.Unchanged, output.Reason));
        foreach (string name in (string[])["ParsedFiles", "ResolvedFiles", "Schemas", "CheckedFiles", "Values"])
            Assert.All(result.TrackedSteps[name].SelectMany(step => step.Outputs), output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Fact]
    public void A_comment_changes_positions_but_no_generated_source()
    {
        GeneratorRunResult result = Edit(compilation => compilation, driver => driver.ReplaceAdditionalText(Files[1], new TomlFile(Files[1].Path, "# a comment\n" + Alone)));
        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified], Reasons(result, "CheckedFiles"));
        Assert.All(Reasons(result, "Values"), reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    [Fact]
    public void A_changed_value_regenerates_its_file_and_those_that_extend_it()
    {
        GeneratorRunResult result = Edit(compilation => compilation, driver => driver.ReplaceAdditionalText(Files[0], new TomlFile(Files[0].Path, Right + "include_background = false\n")));
        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Modified], Reasons(result, "Values"));
    }

    // With a warning, whose place a comment moves.
    private static string Alone => Right + "[finetune.schedule]\nwarmup_steps = 100\n";

    private static TomlFile[] Files { get; } =
    [
        new("/project/base.toml", Right),
        new("/project/alone.toml", Alone),
        new("/project/more.toml", "extends = \"base.toml\"\nname = \"more\"\n"),
    ];

    private static IncrementalStepRunReason[] Reasons(GeneratorRunResult result, string name) =>
        [.. result.TrackedSteps[name].SelectMany(step => step.Outputs).Select(output => output.Reason).OrderBy(reason => reason == IncrementalStepRunReason.Modified)];

    private static GeneratorRunResult Edit(Func<Compilation, Compilation> compilation, Func<GeneratorDriver, GeneratorDriver> driver)
    {
        GeneratorDriver first = ExperimentCompiler.Driver(Files).RunGenerators(ExperimentCompiler.Compilation, Cancel);
        return driver(first).RunGenerators(compilation(ExperimentCompiler.Compilation), Cancel).GetRunResult().Results[0];
    }

    // As the loader does before it resolves: what depends on the stage is said.
    private static ConfigTable Completed(IConfigSection experiment) => ((Engine.Configuration.ExperimentConfig)experiment).Completed().ToTable();

    private static Assembly Compile(TomlFile[] files)
    {
        ExperimentCompiler.Driver(files).RunGeneratorsAndUpdateCompilation(ExperimentCompiler.Compilation, out Compilation compilation, out ImmutableArray<Diagnostic> diagnostics, Cancel);
        Assert.Empty(diagnostics.Select(ExperimentCompiler.Line));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image, cancellationToken: Cancel).Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        image.Position = 0;
        var context = new AssemblyLoadContext("experiments");
        context.Resolving += (self, name) => Directory.GetDirectories(Repository.Plugins).Select(folder => Path.Combine(folder, name.Name + ".dll")).FirstOrDefault(File.Exists) is { } path
            ? self.LoadFromAssemblyPath(path)
            : null;
        return context.LoadFromStream(image);
    }

    private static async Task<string> Resolved(string toml)
    {
        using var host = new HostFixture();
        Assert.Equal(Configuration.Shared.ExitCodes.Done, await host.RunAsync("run", host.Write("experiment.toml", toml), "--dry-run", "--json"));
        return System.Text.Json.Nodes.JsonNode.Parse(host.Output)!["config"]!.GetValue<string>();
    }
}
