using HiEndMae.Generators;
using HiEndMae.Host.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>A folder of plugins that a test compiles, with or without the program's own.</summary>
internal sealed class PluginWorkshop : IDisposable
{
    private const string ContractLine = "[assembly: global::HiEndMae.ContractVersion(global::HiEndMae.ContractVersionAttribute.CurrentMajor, global::HiEndMae.ContractVersionAttribute.CurrentMinor)]";

    /// <summary>Creates the folder.</summary>
    /// <param name="withShipped">Whether it holds copies of the program's plugins.</param>
    public PluginWorkshop(bool withShipped = true)
    {
        if (!withShipped) return;
        foreach (string plugin in Directory.GetDirectories(Repository.Plugins))
        {
            string folder = Directory.CreateDirectory(Path.Combine(Folder, Path.GetFileName(plugin))).FullName;
            foreach (string file in Directory.GetFiles(plugin)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    /// <summary>The folder of plugin folders.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("hiendmae-plugins-").FullName;

    /// <summary>Compiles a plugin with the generator into <c>NAME/NAME.dll</c>.</summary>
    /// <param name="name">Name of the assembly.</param>
    /// <param name="source">C#.</param>
    /// <param name="contract">The contract that it says it was built against; null for this one, empty for none.</param>
    /// <param name="references">Further assemblies that it needs.</param>
    /// <param name="folder">Name of its folder; left out, that of the assembly.</param>
    /// <returns>The DLL.</returns>
    public string Add(string name, string source, string? contract = null, IEnumerable<string>? references = null, string? folder = null)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, folder ?? name)).FullName, name + ".dll");
        CSharpCompilation compilation = Compile(name, source, references ?? []);
        CSharpGeneratorDriver.Create(new ConfigGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out Compilation made, out _, TestContext.Current.CancellationToken);
        if (contract is not null)
        {
            SyntaxTree manifest = made.SyntaxTrees.Single(tree => tree.ToString().Contains(ContractLine, StringComparison.Ordinal));
            made = made.ReplaceSyntaxTree(manifest, CSharpSyntaxTree.ParseText(manifest.ToString().Replace(ContractLine, contract, StringComparison.Ordinal), cancellationToken: TestContext.Current.CancellationToken));
        }
        Write(made, file);
        return file;
    }

    /// <summary>Compiles an assembly as it is.</summary>
    public static void Library(string file, string source) => Write(Compile(Path.GetFileNameWithoutExtension(file), source, []), file);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static CSharpCompilation Compile(string name, string source, IEnumerable<string> references) => CSharpCompilation.Create(
        name,
        [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Concat(references).Select(path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, deterministic: true));

    private static void Write(Compilation compilation, string file)
    {
        EmitResult result = compilation.Emit(file, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
    }
}
