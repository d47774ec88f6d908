using System.Diagnostics;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>The packages that a team in its own repository takes: packed, restored from a folder, compiled against, and loaded by the program.</summary>
public sealed class PackageTests
{
    private const string Plugin = """
        using System.Collections.Generic;
        using HiEndMae;

        namespace Elsewhere;

        /// <summary>A dataset from another repository.</summary>
        [Component(Slot.Dataset, "elsewhere")]
        public sealed partial record ElsewhereConfig
        {
            /// <summary>How many.</summary>
            [Range(1, 9)]
            public int Count { get; init; } = 3;
        }

        internal sealed class ElsewhereDataset(ElsewhereConfig config, DatasetContext context) : Dataset
        {
            public override DatasetInfo Info => new("elsewhere" + config.Count + context, [], []);
            public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => [];
        }
        """;

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_plugin_in_another_repository_builds_from_packages_and_is_found()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-package-").FullName, feed = Path.Combine(folder, "feed");
        // A version of its own: the package cache keeps what it has seen.
        string version = $"0.0.1-test.{Guid.NewGuid():n}";
        // Built beside the program's own outputs, which other tests are using.
        foreach (string project in (string[])["Imaging", "Configuration", "Abstractions", "Generators"])
            Dotnet(Repository.Root, "pack", "-c", "Release", Path.Combine(Repository.Root, "src", project), "-o", feed, $"-p:PackageVersion={version}", "--artifacts-path", Path.Combine(folder, "artifacts"));
        string plugin = Directory.CreateDirectory(Path.Combine(folder, "Elsewhere")).FullName;
        await File.WriteAllTextAsync(Path.Combine(plugin, "Elsewhere.cs"), Plugin, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(plugin, "Elsewhere.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <EnableDynamicLoading>true</EnableDynamicLoading>
                <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="HiEndMae.Abstractions" Version="{version}" ExcludeAssets="runtime" />
                <PackageReference Include="HiEndMae.Generators" Version="{version}" PrivateAssets="all" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        string found = Path.Combine(folder, "plugins", "Elsewhere");
        Dotnet(plugin, "build", "-c", "Release", "-o", found);

        using var host = new HostFixture(Path.Combine(folder, "plugins"));
        int code = await host.RunAsync("plugins", "elsewhere");
        Assert.True(code == Configuration.Shared.ExitCodes.Done, host.Error);
        Assert.Contains("A dataset from another repository.", host.Output);
        Assert.Contains("1 to 9", host.Output);
        Directory.Delete(folder, recursive: true);
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string name in (string[])["imaging", "configuration", "abstractions", "generators"])
        {
            string kept = Path.Combine(packages, "hiendmae." + name, version);
            if (Directory.Exists(kept)) Directory.Delete(kept, recursive: true);
        }
    }

    private static void Dotnet(string folder, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", args) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
