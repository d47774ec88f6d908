using System.Diagnostics;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>Packages as another repository takes them: <c>samples/plugin</c> and a new plugin of the template are built, tested and run in clean folders.</summary>
public sealed class SamplePluginTests : IClassFixture<SamplePluginTests.Feed>
{
    private readonly Feed feed;

    public SamplePluginTests(Feed feed) => this.feed = feed;

    [Fact]
    [Trait("speed", "slow")]
    public void The_sample_is_built_tested_and_run()
    {
        RequireNightly();
        string folder = feed.Clean("sample");
        Copy(Path.Combine(Repository.Root, "samples", "plugin"), folder);
        string global = Path.Combine(folder, "global.json");
        File.WriteAllText(global, File.ReadAllText(global).Replace("\"0.1.0\"", $"\"{feed.Version}\"", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"<configuration><packageSources><add key=\"hiendmae\" value=\"{feed.Folder}\" /></packageSources></configuration>");
        feed.Run(folder, "dotnet", "build", "-c", "Release");
        feed.Run(folder, "dotnet", "test", "-c", "Release", "--no-build");
        string plugins = Path.Combine(folder, "src", "Acme.Plugin", "bin", "Release", "plugins"), assembly = Path.Combine(plugins, "Acme.Plugin");
        // Neither the contract nor the tensor library is copied.
        Assert.Equal(["Acme.Plugin.dll"], Directory.GetFiles(assembly, "*.dll", SearchOption.AllDirectories).Select(Path.GetFileName));
        feed.RunProgram(folder, plugins, "run", "experiments/spheres.toml", "--out", "runs");
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "runs", "spheres"), "results.json", SearchOption.AllDirectories));
    }

    [Fact]
    [Trait("speed", "slow")]
    public void A_new_plugin_is_built_tested_packed_added_and_run()
    {
        RequireNightly();
        string parent = feed.Clean("new"), folder = Path.Combine(parent, "LiverHeads");
        feed.Run(parent, "dotnet", "new", "install", Path.Combine(feed.Folder, $"HiEndMae.Templates.{feed.Version}.nupkg"), "--debug:custom-hive", feed.Hive);
        feed.Run(parent, "dotnet", "new", "hiendmae-plugin", "-n", "LiverHeads", "--feed", feed.Folder, "--debug:custom-hive", feed.Hive);
        feed.RunProgram(parent, null, "new", "plugin", "LiverHeads", "--feed", feed.Folder, "--out", "same");
        Assert.Equal(Files(folder), Files(Path.Combine(parent, "same")));
        feed.Run(folder, "dotnet", "build", "-c", "Release");
        feed.Run(folder, "dotnet", "test", "-c", "Release", "--no-build");
        feed.Run(folder, "dotnet", "pack", "-c", "Release", "--no-build", "src/LiverHeads", "-o", "packages");
        string added = Path.Combine(parent, "added");
        feed.RunProgram(folder, added, "plugins", "add", "packages/LiverHeads.1.0.0.nupkg");
        feed.RunProgram(folder, added, "run", "experiments/liver-heads.toml", "--out", "runs");
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "runs", "liver-heads"), "results.json", SearchOption.AllDirectories));
    }

    private static string Program { get; } = Path.Combine(Repository.HostOutput, "hiendmae");

    private static void RequireNightly() => Assert.SkipUnless(Environment.GetEnvironmentVariable("HIENDMAE_NIGHTLY") == "1", "Slow: set HIENDMAE_NIGHTLY=1.");

    private static (string Name, string Text)[] Files(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => (Path.GetRelativePath(folder, file), File.ReadAllText(file).ReplaceLineEndings("\n"))).OrderBy(file => file.Item1, StringComparer.Ordinal)];

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(from, file);
            if (relative.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, relative))!);
            File.Copy(file, Path.Combine(to, relative));
        }
    }

    /// <summary>A folder with the packages of the built projects, and a package cache of its own.</summary>
    public sealed class Feed : IDisposable
    {
        private static readonly string[] Projects =
        [
            "src/Configuration", "src/Imaging", "src/TorchRepairs", "src/Abstractions", "src/Nn", "src/Generators", "src/Engine", "src/Testing",
            "plugins/Encoders", "plugins/Decoders", "plugins/Pretext", "plugins/Heads", "plugins/Datasets", "packages/Sdk", "packages/Templates",
        ];

        private readonly string root = Directory.CreateTempSubdirectory("hiendmae-feed-").FullName;

        public Feed()
        {
            if (Environment.GetEnvironmentVariable("HIENDMAE_NIGHTLY") != "1") return;
            foreach (string project in Projects)
                Run(Repository.Root, "dotnet", "pack", "-c", Repository.Configuration, "--no-build", Path.Combine(Repository.Root, project), "-o", Folder);
        }

        /// <summary>The version of the built program, which 'hiendmae new' writes too.</summary>
        public string Version { get; } = FileVersionInfo.GetVersionInfo(Path.Combine(Repository.HostOutput, "hiendmae.dll")).ProductVersion!;

        public string Folder => Path.Combine(root, "feed");

        public string Hive => Path.Combine(root, "hive");

        public string Clean(string name) => Directory.CreateDirectory(Path.Combine(root, name)).FullName;

        public void Run(string folder, string program, params string[] args) => Start(folder, program, null, args);

        public void RunProgram(string folder, string? plugins, params string[] args) => Start(folder, Program, plugins, args);

        public void Dispose() => Directory.Delete(root, recursive: true);

        private void Start(string folder, string program, string? plugins, string[] args)
        {
            var start = new ProcessStartInfo(program, args) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
            if (folder != Repository.Root)
            {
                // The user's package cache is read and not written: it would keep these packages for later builds of the same version.
                start.Environment["NUGET_FALLBACK_PACKAGES"] = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
                start.Environment["NUGET_PACKAGES"] = Path.Combine(root, "nuget");
            }
            if (plugins is not null) start.Environment["HIENDMAE_PLUGINS"] = plugins;
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', args)} ended with {process.ExitCode}:\n{output}\n{error.Result}");
        }
    }
}
