using HiEndMae.Host.Tests;

namespace HiEndMae.Architecture.Tests;

/// <summary>Folders of every project use one another one way only.</summary>
public sealed class FolderTests
{
    /// <summary>The program, its libraries, its plugins and theirs, and the generator.</summary>
    public static TheoryData<string> Assemblies =>
        [.. Directory.GetFiles(Repository.HostOutput, "HiEndMae.*.dll", SearchOption.AllDirectories).Append(Path.Combine(Repository.HostOutput, "hiendmae.dll")).Append(Generators).Append(Testing)
            .DistinctBy(Path.GetFileName).Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal)];

    private static string Generators => Path.Combine(Repository.Root, "src", "Generators", "bin", Repository.Configuration, "netstandard2.0", "HiEndMae.Generators.dll");

    private static string Testing => Path.Combine(Repository.Root, "src", "Testing", "bin", Repository.Configuration, "net10.0", "HiEndMae.Testing.dll");

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Folders_of_a_project_do_not_refer_to_each_other_in_a_circle(string assembly)
    {
        IReadOnlyList<string> circles = FolderGraph.Of(Path.Combine(Repository.Root, assembly)).Circles();
        Assert.True(circles.Count == 0, $"These arrows lie on a circle:\n{string.Join("\n", circles)}");
    }

    [Fact]
    public void Every_project_is_checked()
    {
        string[] projects = [.. ((string[])["src", "plugins"]).SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Where(path => !Path.GetRelativePath(Repository.Root, path).Split(Path.DirectorySeparatorChar).Contains("bin"))
            .Select(path => Path.GetFileNameWithoutExtension(path)!).Select(name => name == "HiEndMae.Host" ? "hiendmae" : name).Order(StringComparer.Ordinal)];
        Assert.Equal(projects, Assemblies.Select(row => Path.GetFileNameWithoutExtension(row.Data)).Order(StringComparer.Ordinal));
    }
}
