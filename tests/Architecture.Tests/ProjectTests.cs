using System.Xml.Linq;
using HiEndMae.Host.Tests;
using Mono.Cecil;

namespace HiEndMae.Architecture.Tests;

/// <summary>Projects reference only what the design allows (ARCHITECTURE.md, "Projects and arrows").</summary>
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Configuration"] = [],
        ["Imaging"] = [],
        ["TorchRepairs"] = [],
        ["Nn"] = ["TorchRepairs"],
        ["Mlflow"] = ["Configuration"],
        ["ExperimentFiles"] = ["Configuration"],
        ["Abstractions"] = ["Imaging", "Configuration"],
        ["Generators"] = ["Configuration", "ExperimentFiles"],
        ["Engine"] = ["Abstractions", "TorchRepairs"],
        ["Testing"] = ["Engine"],
        ["Runs"] = ["Engine", "Mlflow", "ExperimentFiles"],
        ["Sweeps"] = ["Runs"],
        ["Reports"] = ["Runs", "Imaging"],
        ["Verification"] = ["Engine", "Runs"],
        ["Host"] = ["Reports", "Runs", "Sweeps", "Verification"],
    };

    private static readonly string[] OfPlugins = ["Abstractions", "Configuration", "Imaging", "Nn", "TorchRepairs"];

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Plugins => [.. Directory.GetFiles(Path.Combine(Repository.Root, "plugins"), "*.*proj", SearchOption.AllDirectories)
        .Append(Path.Combine(Repository.Root, "plugins", "Directory.Build.props")).Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_design_allows(string project)
    {
        Assert.Empty(Forbidden(References(Path.Combine(Repository.Root, "src", project, $"HiEndMae.{project}.csproj")), Allowed[project]));
    }

    // What a reference brings along may be used too, so arrows of the compiled code are checked along the allowed ones.
    [Theory]
    [MemberData(nameof(Projects))]
    public void Compiled_code_uses_only_assemblies_that_its_project_may_reference(string project)
    {
        string path = project switch
        {
            "Generators" => Path.Combine(Repository.Root, "src", project, "bin", Repository.Configuration, "netstandard2.0", "HiEndMae.Generators.dll"),
            "Host" => Path.Combine(Repository.HostOutput, "hiendmae.dll"),
            "Nn" or "Testing" => Path.Combine(Repository.Root, "src", project, "bin", Repository.Configuration, "net10.0", $"HiEndMae.{project}.dll"),
            _ => Path.Combine(Repository.HostOutput, $"HiEndMae.{project}.dll"),
        };
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(path);
        Assert.Empty(Forbidden(assembly.MainModule.AssemblyReferences.Select(reference => reference.Name), [.. Below(project)]));
    }

    [Theory]
    [MemberData(nameof(Plugins))]
    public void A_plugin_references_only_contracts_and_building_blocks(string project) =>
        Assert.Empty(Forbidden(References(Path.Combine(Repository.Root, project)), OfPlugins));

    [Fact]
    public void Only_one_file_has_versions_of_packages()
    {
        string[] projects = Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.DoesNotContain(
            XDocument.Load(project).Descendants("PackageReference"), reference => reference.Attribute("Version") is not null));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Only_the_program_writes_to_the_console(string project)
    {
        IEnumerable<string> sources = Directory.GetFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        string[] printing = [.. sources.Where(source => File.ReadAllText(source) is var text && (text.Contains("Console.Write", StringComparison.Ordinal) || text.Contains("using Spectre", StringComparison.Ordinal)))];
        if (project == "Host") Assert.NotEmpty(printing);
        else Assert.Empty(printing);
    }

    private static IEnumerable<string> Below(string project) => Allowed[project].Concat(Allowed[project].SelectMany(Below));

    private static IEnumerable<string> Forbidden(IEnumerable<string> references, string[] allowed) =>
        references.Where(name => name.StartsWith("HiEndMae.", StringComparison.Ordinal)).Select(name => name["HiEndMae.".Length..]).Except(allowed);

    private static IEnumerable<string> References(string project) => XDocument.Load(project)
        .Descendants("ProjectReference")
        .Where(reference => reference.Attribute("OutputItemType") is null && reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}
