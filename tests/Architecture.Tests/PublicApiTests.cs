using System.Reflection;
using HiEndMae.Host.Tests;
using PublicApiGenerator;

namespace HiEndMae.Architecture.Tests;

/// <summary>The public API of the packages that plugin authors use equals the listings in <c>PublicApi/</c>. <c>HIENDMAE_UPDATE_SNAPSHOTS=1</c> rewrites the listings.</summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = ["System.Runtime.CompilerServices.CompilerGeneratedAttribute", "System.Runtime.CompilerServices.IsReadOnlyAttribute"],
    };

    // Base types are looked up in the folder of an assembly, so all of them must be in one.
    private static readonly string Folder = Gather();

    [Theory]
    [InlineData("Abstractions")]
    [InlineData("Configuration")]
    [InlineData("Imaging")]
    [InlineData("Nn")]
    [InlineData("Testing")]
    public void The_public_api_is_the_one_listed(string project)
    {
        string actual = Assembly.LoadFrom(Path.Combine(Folder, $"HiEndMae.{project}.dll")).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        string listing = Path.Combine(Repository.Root, "tests", "Architecture.Tests", "PublicApi", $"{project}.txt");
        if (Environment.GetEnvironmentVariable("HIENDMAE_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(listing)!);
            File.WriteAllText(listing, actual);
        }
        string expected = File.ReadAllText(listing).ReplaceLineEndings("\n");
        Assert.True(expected == actual, $"""
            The public API of HiEndMae.{project} has changed:
            {string.Join("\n", Difference(expected, actual))}
            If this is intended, run the test with HIENDMAE_UPDATE_SNAPSHOTS=1 and review the difference.
            """);
    }

    private static string Gather()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-api-").FullName;
        // Packages of which the program has no copy beside itself.
        IEnumerable<string> others = ((string[])["Nn", "Testing"]).Select(project => Path.Combine(Repository.Root, "src", project, "bin", Repository.Configuration, "net10.0", $"HiEndMae.{project}.dll"));
        foreach (string file in Directory.GetFiles(Repository.HostOutput, "*.dll").Concat(others)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    private static IEnumerable<string> Difference(string expected, string actual)
    {
        string[] before = expected.Split('\n'), after = actual.Split('\n');
        return before.Except(after).Select(line => "- " + line.Trim()).Concat(after.Except(before).Select(line => "+ " + line.Trim()));
    }
}
