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

    [Theory]
    [InlineData("Abstractions")]
    [InlineData("Configuration")]
    [InlineData("Imaging")]
    [InlineData("Nn")]
    public void The_public_api_is_the_one_listed(string project)
    {
        string assembly = Path.Combine(Repository.Root, "src", project, "bin", Repository.Configuration, "net10.0", $"HiEndMae.{project}.dll");
        string actual = Assembly.LoadFrom(assembly).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        string listing = Path.Combine(Repository.Root, "tests", "Architecture.Tests", "PublicApi", $"{project}.txt");
        if (Environment.GetEnvironmentVariable("HIENDMAE_UPDATE_SNAPSHOTS") == "1") File.WriteAllText(listing, actual);
        string expected = File.ReadAllText(listing).ReplaceLineEndings("\n");
        Assert.True(expected == actual, $"""
            The public API of HiEndMae.{project} has changed:
            {string.Join("\n", Difference(expected, actual))}
            If this is intended, run the test with HIENDMAE_UPDATE_SNAPSHOTS=1 and review the difference.
            """);
    }

    private static IEnumerable<string> Difference(string expected, string actual)
    {
        string[] before = expected.Split('\n'), after = actual.Split('\n');
        return before.Except(after).Select(line => "- " + line.Trim()).Concat(after.Except(before).Select(line => "+ " + line.Trim()));
    }
}
