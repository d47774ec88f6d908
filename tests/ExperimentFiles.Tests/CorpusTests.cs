using HiEndMae.Configuration.Shared;
using HiEndMae.Host;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>One file per way to be wrong: the compiler and the program say the same of each, at the same place.</summary>
public sealed class CorpusTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "ExperimentFiles.Tests", "corpus");

    public static TheoryData<string> Names() => [.. Files().Select(path => Path.GetFileName(path)!).Where(name => name[0] != '_')];

    [Fact]
    public void The_corpus_has_at_least_sixty_files() => Assert.InRange(Names().Count, 60, 1000);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_wrong_file_has_the_expected_diagnostics(string name)
    {
        string file = Path.Combine(Folder, name);
        using var host = new HostFixture();
        await host.RunAsync("validate", file);
        string[] expected = File.ReadLines(file).First().Replace("# expect: ", "", StringComparison.Ordinal).Split(' ');
        Assert.Equal(expected, host.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ")[1].Split(' ')[1]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_compiler_and_the_program_report_the_same_diagnostics()
    {
        using var host = new HostFixture();
        string[] files = [.. Files()];
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(["validate", .. files]));
        string[] program = [.. host.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal)];
        string[] compiler = [.. ExperimentCompiler.Check(files.Select(TomlFile.Load)).Select(ExperimentCompiler.Line).Order(StringComparer.Ordinal)];
        Assert.Equal(program, compiler);
        Assert.InRange(program.Length, 100, 1000);
    }

    [Fact]
    public async Task The_base_file_is_valid()
    {
        using var host = new HostFixture();
        string text = await File.ReadAllTextAsync(Path.Combine(Folder, "_right.toml"), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", host.Write("right.toml", text)));
        Assert.Empty(host.Error);
    }

    private static IEnumerable<string> Files() => Directory.GetFiles(Folder, "*.toml").Order(StringComparer.Ordinal);
}
