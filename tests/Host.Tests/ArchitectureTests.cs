using System.Xml.Linq;

namespace HiEndMae.Host.Tests;

public sealed class ArchitectureTests
{
    private static readonly string[] PluginArrows = ["HiEndMae.Abstractions", "HiEndMae.Configuration", "HiEndMae.Imaging", "HiEndMae.Nn", "HiEndMae.TorchRepairs"];

    [Theory]
    [InlineData("src/Imaging/HiEndMae.Imaging.csproj")]
    [InlineData("src/Configuration/HiEndMae.Configuration.csproj")]
    [InlineData("src/ExperimentFiles/HiEndMae.ExperimentFiles.csproj", "HiEndMae.Configuration")]
    [InlineData("src/Abstractions/HiEndMae.Abstractions.csproj", "HiEndMae.Imaging", "HiEndMae.Configuration")]
    [InlineData("src/Nn/HiEndMae.Nn.csproj")]
    [InlineData("src/Generators/HiEndMae.Generators.csproj", "HiEndMae.Configuration", "HiEndMae.ExperimentFiles")]
    [InlineData("src/TorchRepairs/HiEndMae.TorchRepairs.csproj")]
    [InlineData("src/Engine/HiEndMae.Engine.csproj", "HiEndMae.Abstractions", "HiEndMae.TorchRepairs")]
    [InlineData("src/Runs/HiEndMae.Runs.csproj", "HiEndMae.Engine", "HiEndMae.Mlflow", "HiEndMae.ExperimentFiles")]
    [InlineData("src/Sweeps/HiEndMae.Sweeps.csproj", "HiEndMae.Runs")]
    [InlineData("src/Reports/HiEndMae.Reports.csproj", "HiEndMae.Runs", "HiEndMae.Imaging")]
    [InlineData("src/Verification/HiEndMae.Verification.csproj", "HiEndMae.Engine", "HiEndMae.Runs")]
    [InlineData("src/Mlflow/HiEndMae.Mlflow.csproj")]
    public void A_project_references_only_what_the_design_allows(string project, params string[] allowed)
    {
        Assert.Empty(References(Path.Combine(Repository.Root, project)).Except(allowed));
    }

    [Fact]
    public void Plugins_reference_contracts_and_building_blocks_only()
    {
        string plugins = Path.Combine(Repository.Root, "plugins");
        string[] projects = [.. Directory.GetFiles(plugins, "*.csproj", SearchOption.AllDirectories), Path.Combine(plugins, "Directory.Build.props")];
        Assert.Equal(5, projects.Length);
        Assert.All(projects, project => Assert.Empty(References(project).Except(PluginArrows)));
    }

    [Fact]
    public void Only_one_file_says_versions()
    {
        string[] projects = Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.DoesNotContain(
            XDocument.Load(project).Descendants("PackageReference"), reference => reference.Attribute("Version") is not null));
    }

    [Fact]
    public void Nothing_but_the_trainer_s_owner_writes_to_the_console()
    {
        string[] quiet = ["Imaging", "Configuration", "ExperimentFiles", "Abstractions", "Nn", "TorchRepairs", "Engine", "Mlflow", "Runs", "Sweeps", "Reports", "Verification"];
        IEnumerable<string> sources = quiet.SelectMany(folder =>
            Directory.GetFiles(Path.Combine(Repository.Root, "src", folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        Assert.All(sources, source => Assert.DoesNotContain("Console.Write", File.ReadAllText(source)));
    }

    private static IEnumerable<string> References(string project) => XDocument.Load(project)
        .Descendants("ProjectReference")
        .Where(reference => reference.Attribute("OutputItemType") is null)
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}
