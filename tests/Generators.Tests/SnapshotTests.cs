using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HiEndMae.Generators.Tests;

/// <summary>What the generator writes, whole, against files beside this one; HIENDMAE_UPDATE_SNAPSHOTS=1 writes them anew, to be read before they are committed.</summary>
public sealed class SnapshotTests
{
    private const string Source = """
        using HiEndMae;
        using HiEndMae.Configuration;
        using HiEndMae.Imaging;
        namespace Mine;

        public enum Taste { Plain, SinCos }

        /// <summary>A part of <see cref="MineConfig"/>.</summary>
        [ConfigSection]
        public sealed partial record PartConfig
        {
            /// <summary>Part of one.</summary>
            [Range(0, 1)]
            public double Share { get; init; } = 0.5;
        }

        /// <summary>Every kind of value, once.</summary>
        [Component(Slot.Dataset, "mine")]
        public sealed partial record MineConfig
        {
            /// <summary>Count.</summary>
            [Range(1, 64), MultipleOf(nameof(Unit))]
            public required int Count { get; init; }
            public int Unit { get; init; } = 4;
            public long Large { get; init; } = 1L << 40;
            public float Scale { get; init; } = 0.1f;
            public bool Fast { get; init; }
            [OneOf("a", "b"), NotEmpty]
            public string Mode { get; init; } = "a";
            public Taste Taste { get; init; } = Taste.SinCos;
            public Size3 Crop { get; init; } = Size3.Cube(96);
            public Spacing3 SpacingMm { get; init; } = new(1, 1, 2.5);
            public System.TimeSpan Patience { get; init; } = System.TimeSpan.FromMinutes(2);
            public ByteSize Cache { get; init; } = ByteSize.FromGibibytes(4);
            [Path("none"), Exists]
            public string Root { get; init; } = "none";
            [IgnoredByFingerprint]
            public int? Limit { get; init; }
            [RequiredWith(nameof(Limit))]
            public System.Collections.Generic.IReadOnlyList<int>? Layers { get; init; }
            public System.Collections.Generic.IReadOnlyDictionary<string, double> Weights { get; init; } = new System.Collections.Generic.Dictionary<string, double>();
            public PartConfig Part { get; init; } = new() { Share = 0.75 };
            [Plugin(Slot.Dataset)]
            public IComponentConfig? Below { get; init; }
        }

        internal sealed class Mine(MineConfig config, DatasetContext context) : Dataset
        {
            public override DatasetInfo Info => new(config.Mode + context, [], []);
            public override System.Collections.Generic.IEnumerable<DatasetCase> Cases(DatasetSplit split) => [];
        }
        """;

    [Theory]
    [InlineData("Mine.MineConfig.Config.g.cs")]
    [InlineData("Mine.PartConfig.Config.g.cs")]
    [InlineData("PluginManifest.g.cs")]
    [InlineData("ConfigSchemas.g.cs")]
    public void The_generator_s_output_equals_the_snapshot(string name)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Mine", [CSharpSyntaxTree.ParseText(Source, cancellationToken: TestContext.Current.CancellationToken)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create(new ConfigGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out Compilation after, out _, TestContext.Current.CancellationToken);
        Assert.Empty(after.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        string written = after.SyntaxTrees.Single(tree => tree.FilePath.EndsWith(name, StringComparison.Ordinal)).ToString();
        string file = Path.Combine(Folder(), name + ".txt");
        if (Environment.GetEnvironmentVariable("HIENDMAE_UPDATE_SNAPSHOTS") == "1") File.WriteAllText(file, written);
        Assert.Equal(File.ReadAllText(file), written);
    }

    private static string Folder() => Path.Combine(
        typeof(SnapshotTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "tests", "Generators.Tests", "snapshots");
}
