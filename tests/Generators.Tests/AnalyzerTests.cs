using System.Collections.Immutable;
using HiEndMae.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace HiEndMae.Generators.Tests;

/// <summary>The analyzers on source text: what they report, at which line, and what they leave alone.</summary>
public sealed class AnalyzerTests
{
    private const string Head = "using System; using System.Collections.Generic; using HiEndMae; using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch;\nnamespace Mine;\n";

    [Theory]
    [InlineData("HEM106", "[Component(Slot.Encoder, \"MyNet\")] public sealed record NetConfig;", "'my-net'")]
    [InlineData("HEM106", "[Component(Slot.Encoder, \"my_net\")] public sealed record NetConfig;", "'my-net'")]
    [InlineData("HEM106", "[Component(Slot.Encoder, \"\")] public sealed record NetConfig;", "'my-component'")]
    [InlineData("HEM108", "[ConfigSection] public sealed record Part { [Range(0, 1)] public double Rate { get; init; } = 1.5; }", "1.5")]
    [InlineData("HEM108", "[ConfigSection] public sealed record Part { [Range(2, 9)] public IReadOnlyList<int> Sizes { get; init; } = [3, 1]; }", "The default 1 of 'Sizes'")]
    [InlineData("HEM108", "[ConfigSection] public sealed record Part { [Range(1, 9)] public HiEndMae.Imaging.Size3 Patch { get; init; } = HiEndMae.Imaging.Size3.Cube(16); }", "The default 16 of 'Patch'")]
    [InlineData("HEM112", "[Component(Slot.Dataset, \"mine\")] public sealed record SetConfig { public int SpacingMm { get; init; } }", "'spacing_mm' of a dataset")]
    [InlineData("HEM112", "[Component(Slot.Head, \"mine\")] public sealed record HeadConfig { public string Plugin { get; init; } = \"\"; }", "'plugin' of a head")]
    [InlineData("HEM113", "class Net() : nn.Module(\"net\") { private readonly Linear map = nn.Linear(2, 2); public Tensor Run(Tensor x) => map.call(x); }", "'Net' has parts in 'map'")]
    [InlineData("HEM113", "class Net : nn.Module<Tensor, Tensor> { Linear Map { get; } = nn.Linear(2, 2); public Net() : base(\"net\") { } public override Tensor forward(Tensor x) => Map.call(x); }", "'Map'")]
    [InlineData("HEM113", "class Net : nn.Module { private readonly List<Linear> maps = []; public Net() : base(\"net\") { maps.Add(nn.Linear(2, 2)); RegisterComponents(); } }", "use nn.ModuleList")]
    [InlineData("HEM113", "class Net() : Base(\"net\"); abstract class Base(string name) : nn.Module(name) { private readonly Linear map = nn.Linear(2, 2); protected Tensor Run(Tensor x) => map.call(x); }", "'Net' has parts in 'map'")]
    [InlineData("HEM114", "class Net() : nn.Module(\"net\") { public int Draw() => new Random(3).Next(); }", "draw with libtorch")]
    [InlineData("HEM114", "class Net() : nn.Module(\"net\") { public long Now() => DateTime.UtcNow.Ticks; }", "System.DateTime.UtcNow")]
    [InlineData("HEM114", "abstract class Set : Dataset { protected int Draw() => Random.Shared.Next(); }", "take a seed from the config")]
    [InlineData("HEM114", "abstract class Set : Dataset { protected Guid Draw() => Guid.NewGuid(); }", "System.Guid.NewGuid")]
    [InlineData("HEM115", "class Net() : nn.Module(\"net\") { private Tensor? last; public void Run(Tensor x) { last = x; GC.KeepAlive(last); } }", "'last' keeps a tensor")]
    [InlineData("HEM116", "[ConfigSection] public sealed record Part { public int Workers { get; init; } = Environment.ProcessorCount; }", "'System.Environment.ProcessorCount'")]
    [InlineData("HEM116", "[ConfigSection] public sealed record Part { public string Folder { get; init; } = System.IO.Path.GetTempPath() + \"x\"; }", "'System.IO.Path.GetTempPath'")]
    [InlineData("HEM116", "[ConfigSection] public sealed record Part { public bool Fast { get; init; } = cuda.is_available(); }", "'TorchSharp.torch.cuda.is_available'")]
    public async Task A_mistake_is_reported_once_where_it_is(string id, string source, string expected)
    {
        Diagnostic found = Assert.Single(await Analyze(source));
        Assert.Equal(id, found.Id);
        Assert.Contains(expected, found.GetMessage(null));
        Assert.Equal(2, found.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Theory]
    [InlineData("[Component(Slot.Encoder, \"vit3d-2x\")] public sealed record NetConfig { public int Crop { get; init; } = 3; }")] // an encoder has a table of its own
    [InlineData("[ConfigSection] public sealed record Part { [Range(0, 1)] public double Rate { get; init; } = 1; [Range(1, 9)] public IReadOnlyList<int> Sizes { get; init; } = [1, 9]; public double Most { get; init; } = double.MaxValue; }")]
    [InlineData("class Net : nn.Module { private readonly Linear map = nn.Linear(2, 2); private readonly Tensor count = zeros(1); public Net() : base(\"net\") { RegisterComponents(); } public void Add(Tensor x) => count.add_(map.call(x).sum()); }")]
    [InlineData("class Net : nn.Module { private readonly List<Linear> maps = []; public Net() : base(\"net\") { maps.Add(nn.Linear(2, 2)); register_module(\"map0\", maps[0]); } }")]
    [InlineData("abstract class Base(string name) : nn.Module(name) { private readonly Linear map = nn.Linear(2, 2); protected Tensor Run(Tensor x) => map.call(x); } class Net : Base { public Net() : base(\"net\") => RegisterComponents(); }")]
    [InlineData("class Net() : nn.Module(\"net\") { private Tensor? last; public void Forget() => last = null; public Tensor? Last => last; }")]
    [InlineData("abstract class Set : Dataset { protected int Draw(int seed) => new Random(seed).Next(); }")]
    [InlineData("class Plain { private Tensor? last; public void Run(Tensor x) { last = x; } public long Now => DateTime.UtcNow.Ticks; public Tensor? Last => last; }")]
    [InlineData("public sealed record Free { public int Workers { get; init; } = Environment.ProcessorCount; }")]
    public async Task What_is_right_is_left_alone(string source) => Assert.Empty(await Analyze(source));

    [Fact]
    public void Two_classes_for_one_record_and_a_hidden_constructor_are_the_generators_errors()
    {
        const string Set = "[Component(Slot.Dataset, \"mine\")] public sealed partial record SetConfig;\nsealed class First : Dataset { public First(SetConfig config, DatasetContext context) { } public override DatasetInfo Info => null!; public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => []; }";
        Assert.Equal(["HEM107"], Generated(Set + Set[Set.IndexOf("sealed class", StringComparison.Ordinal)..].Replace("First", "Second", StringComparison.Ordinal)));
        Assert.Equal(["HEM109"], Generated(Set.Replace("public First(", "private First(", StringComparison.Ordinal)));
        Assert.Empty(Generated(Set));
    }

    private static IEnumerable<string> Generated(string source)
    {
        CSharpGeneratorDriver.Create(new ConfigGenerator()).RunGeneratorsAndUpdateCompilation(Compile(source), out Compilation made, out ImmutableArray<Diagnostic> diagnostics, TestContext.Current.CancellationToken);
        Assert.Empty(made.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return diagnostics.Select(diagnostic => diagnostic.Id);
    }

    private static async Task<ImmutableArray<Diagnostic>> Analyze(string source)
    {
        CSharpCompilation compilation = Compile(source);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return await compilation.WithAnalyzers([new ConfigRecordAnalyzer(), new ComponentAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
    }

    private static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Mine",
        [CSharpSyntaxTree.ParseText(Head + source, cancellationToken: TestContext.Current.CancellationToken)],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
}
