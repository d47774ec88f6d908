using System.Collections.Immutable;
using System.Text.RegularExpressions;
using HiEndMae.Generators;
using HiEndMae.Generators.Analysis;
using HiEndMae.Host.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>docs/reference/diagnostics.md: every id has its section, and every example in it is run.</summary>
public sealed partial class DiagnosticsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "diagnostics.md"));
    private static readonly string Right = File.ReadAllText(Path.Combine(Repository.Root, "tests", "ExperimentFiles.Tests", "corpus", "_right.toml"));

    /// <summary>Id, "toml" and so on, "wrong" or "right", mark, text.</summary>
    private static readonly IReadOnlyList<(string Id, string Language, string Side, string Mark, string Text)> Examples = [.. Sections()];

    public static TheoryData<string, string, string> Of(string language) => [.. Examples.Where(example => example.Language == language && example.Mark.Length == 0)
        .Select(example => (example.Id, example.Side, example.Text))];

    [Fact]
    public void Every_diagnostic_id_has_a_section_with_a_wrong_and_a_right_example()
    {
        string[] folders = ["Configuration", "ExperimentFiles", "Abstractions", "Generators", "Runs", "Host"];
        string[] ids = [.. folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, "src", folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(path => QuotedId().Matches(File.ReadAllText(path))).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];
        Assert.InRange(ids.Length, 40, 1000);
        Assert.Equal(ids, Examples.Where(example => example.Side == "wrong").Select(example => example.Id));
        Assert.Equal(ids, Examples.Where(example => example.Side == "right").Select(example => example.Id));
    }

    [Fact]
    public void Marked_examples_are_those_that_other_tests_produce()
    {
        // ConstraintTests and ExperimentGeneratorTests: records and projects that no experiment file can show.
        string[] marked = [.. Examples.Where(example => example.Mark.Length > 0 || example.Language == "text").Select(example => example.Id).Distinct()];
        Assert.Equal(["HEM017", "HEM018", "HEM019", "HEM046", "HEM110", "HEM111"], marked);
    }

    [Theory]
    [MemberData(nameof(Of), "toml")]
    public async Task Example_file(string id, string side, string text)
    {
        using var host = new HostFixture();
        host.Write("_right.toml", Right);
        bool whole = text.StartsWith("name", StringComparison.Ordinal) || text.StartsWith("extends", StringComparison.Ordinal);
        await host.RunAsync("validate", host.Write("example.toml", whole ? text : "extends = \"_right.toml\"\n" + text));
        Assert.Equal(side == "wrong", host.Error.Contains($" {id}: ", StringComparison.Ordinal));
        if (side == "right") Assert.DoesNotContain(": error HEM", host.Error);
    }

    [Theory]
    [MemberData(nameof(Of), "sh")]
    public async Task Example_command(string id, string side, string text)
    {
        using var host = new HostFixture();
        host.Write("right.toml", Right);
        host.Write("sweep.toml", Right + "[sweep]\nseed = [0, 1]\n");
        string[] args = [.. text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(arg => arg.EndsWith(".toml", StringComparison.Ordinal) ? Path.Combine(host.Folder, arg) : arg)];
        await host.RunAsync(args);
        Assert.Equal(side == "wrong", host.Error.Contains($" {id}: ", StringComparison.Ordinal));
        if (side == "right") Assert.DoesNotContain(": error HEM", host.Error);
    }

    [Theory]
    [MemberData(nameof(Of), "csharp")]
    public async Task Example_record(string id, string side, string text)
    {
        CSharpCompilation compilation = ExperimentCompiler.Compilation.AddSyntaxTrees(
            CSharpSyntaxTree.ParseText("using HiEndMae;\nnamespace Example;\n" + text, cancellationToken: TestContext.Current.CancellationToken));
        CSharpGeneratorDriver.Create(new ConfigGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out Compilation made, out ImmutableArray<Diagnostic> found, TestContext.Current.CancellationToken);
        ImmutableArray<Diagnostic> analyzed = await made.WithAnalyzers([new ConfigRecordAnalyzer(), new ComponentAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(side == "wrong", found.Concat(analyzed).Any(diagnostic => diagnostic.Id == id));
    }

    private static IEnumerable<(string, string, string, string, string)> Sections()
    {
        foreach (Match section in Section().Matches(Page))
        {
            foreach (Match example in Example().Matches(section.Groups["body"].Value))
                yield return (section.Groups["id"].Value, example.Groups["language"].Value, example.Groups["side"].Value, example.Groups["mark"].Value, example.Groups["text"].Value);
        }
    }

    [GeneratedRegex("\"(HEM[0-9]{3})\"")]
    private static partial Regex QuotedId();

    [GeneratedRegex("^### (?<id>HEM[0-9]{3})\n(?<body>.*?)(?=^##|\\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex("^```(?<language>[a-z]+) (?<side>wrong|right) ?(?<mark>[a-z-]*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
