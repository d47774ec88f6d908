using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using HiEndMae.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

// Times the waits of an author of experiments: the generator in a build after an edit, and `hiendmae validate` on a folder.
// dotnet run -c Release --project bench/Configs
const int files = 200, records = 40, repeats = 15;
string host = typeof(TomlText).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "Host").Value!;
string plugins = Path.Combine(Path.GetDirectoryName(host)!, "plugins");
string[] references =
[
    .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator),
    .. Directory.GetFiles(Path.GetDirectoryName(host)!, "HiEndMae.*.dll"), .. Directory.GetFiles(Path.GetDirectoryName(host)!, "TorchSharp.dll"),
    .. Directory.GetDirectories(plugins).Select(folder => Path.Combine(folder, Path.GetFileName(folder) + ".dll")),
];
string source = string.Concat(Enumerable.Range(0, records).Select(i => $$"""
    /// <summary>Record {{i}}.</summary>
    [HiEndMae.ConfigSection]
    public sealed partial record Part{{i}}Config
    {
        /// <summary>Width.</summary>
        [HiEndMae.Range(1, 64)]
        public int Width { get; init; } = 8;
        /// <summary>Share.</summary>
        public double Share { get; init; } = 0.5;
        /// <summary>Names.</summary>
        public System.Collections.Generic.IReadOnlyList<string> Names { get; init; } = [];
    }

    """));
CSharpCompilation compilation = CSharpCompilation.Create(
    "Bench", [CSharpSyntaxTree.ParseText(source), CSharpSyntaxTree.ParseText("internal static class Other;")],
    references.DistinctBy(Path.GetFileName).Select(path => MetadataReference.CreateFromFile(path)),
    new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
TomlText[] texts = [.. Enumerable.Range(0, files).Select(i => new TomlText($"/bench/experiment{i}.toml", TomlText.Experiment(i, 0.75)))];
GeneratorDriver driver = CSharpGeneratorDriver.Create([new ConfigGenerator().AsSourceGenerator(), new ExperimentGenerator().AsSourceGenerator()], texts);

double first = Milliseconds(() => driver = driver.RunGenerators(compilation));
GeneratorDriverRunResult made = driver.GetRunResult();
if (made.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)) throw new InvalidOperationException(made.Diagnostics[0].ToString());
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"generator, {files} TOML files and {records} records: {made.GeneratedTrees.Length} sources, first run {first:F0} ms"));
AdditionalText current = texts[files / 2];
Print("edit of one value in one TOML file", i => Replace(new TomlText(current.Path, TomlText.Experiment(files / 2, 0.5 + (0.01 * i)))));
Print("comment in one TOML file", i => Replace(new TomlText(current.Path, $"# {i}\n" + TomlText.Experiment(files / 2, 0.75))));
SyntaxTree tree = compilation.SyntaxTrees[0], other = compilation.SyntaxTrees[1];
Print("edit of one record", i => Edit(ref tree, CSharpSyntaxTree.ParseText(source.Replace("public int Width { get; init; } = 8;", $"public int Width {{ get; init; }} = {9 + i};", StringComparison.Ordinal))));
Print("unrelated C# edit", i => Edit(ref other, CSharpSyntaxTree.ParseText($"internal static class Other{i};")));

string folder = Directory.CreateTempSubdirectory("hiendmae-bench-").FullName;
foreach (TomlText text in texts) File.WriteAllText(Path.Combine(folder, Path.GetFileName(text.Path)), text.GetText().ToString());
double[] validate = [.. Enumerable.Range(0, 5).Select(_ => Milliseconds(() =>
{
    using Process process = Process.Start(new ProcessStartInfo("dotnet", [host, "validate", .. Directory.GetFiles(folder)]) { RedirectStandardOutput = true })!;
    process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    if (process.ExitCode != 0) throw new InvalidOperationException("validate failed");
}))];
Directory.Delete(folder, recursive: true);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hiendmae validate, {files} files, start-up included: median {validate.Order().ElementAt(2):F0} ms, worst {validate.Max():F0} ms"));

void Replace(AdditionalText next)
{
    driver = driver.ReplaceAdditionalText(current, next);
    current = next;
}

void Edit(ref SyntaxTree before, SyntaxTree after)
{
    compilation = compilation.ReplaceSyntaxTree(before, after);
    before = after;
}

void Print(string what, Action<int> edit)
{
    double[] times = [.. Enumerable.Range(0, repeats).Select(i =>
    {
        edit(i);
        return Milliseconds(() => driver = driver.RunGenerators(compilation));
    })];
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: median {times.Order().ElementAt(repeats / 2):F1} ms, worst {times.Max():F1} ms"));
}

static double Milliseconds(Action action)
{
    long start = Stopwatch.GetTimestamp();
    action();
    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}

/// <summary>An experiment file as the compiler receives it.</summary>
internal sealed class TomlText(string path, string text) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text, Encoding.UTF8);

    public static string Experiment(int number, double ratio) => string.Create(CultureInfo.InvariantCulture, $"""
        name = "bench-{number}"
        [encoder]
        plugin = "vit3d"
        embed_dim = 768
        num_heads = 12
        [pretrain]
        steps = 1000
        mask_ratio = {ratio}
        [pretrain.decoder]
        plugin = "hi-end-mae"
        embed_dim = 384
        num_heads = 12
        [pretrain.data]
        plugin = "phantom"
        crop = 96
        [pretrain.optimizer]
        lr = 1e-4
        [finetune]
        init = ["scratch", "pretrain"]
        steps = 1000
        [finetune.head]
        plugin = "unetr"
        [finetune.data]
        plugin = "phantom"
        crop = 96
        [evaluate]
        overlap = 0.5
        """);
}
