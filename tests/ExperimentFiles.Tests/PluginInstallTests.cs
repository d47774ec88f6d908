using System.IO.Compression;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary><c>plugins add</c> and <c>plugins remove</c>: what is added is found, what cannot be used changes nothing.</summary>
public sealed class PluginInstallTests : IDisposable
{
    private readonly PluginWorkshop workshop = new();
    private readonly HostFixture host = new();
    private readonly string added;

    public PluginInstallTests()
    {
        added = Path.Combine(host.Folder, "added");
        host.Variables["HIENDMAE_PLUGINS"] = added;
    }

    [Fact]
    public async Task A_folder_is_added_used_and_removed()
    {
        string experiment = host.Write("naming.toml", WrongPluginTests.Naming);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", experiment));
        string folder = Path.GetDirectoryName(workshop.Add("Foreign", WrongPluginTests.Source))!;
        // A build that also copied what the program has.
        File.Copy(Path.Combine(Repository.HostOutput, "HiEndMae.Abstractions.dll"), Path.Combine(folder, "HiEndMae.Abstractions.dll"));
        Assert.True(await host.RunAsync("plugins", "add", folder) == ExitCodes.Done, host.Error);
        Assert.Contains("added Foreign 0.0.0.0", host.Output);
        Assert.Contains("dataset 'foreign': Cases of another institute.", host.Output);
        Assert.Equal(["Foreign.dll"], Directory.GetFiles(added, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", experiment));

        Assert.Equal(ExitCodes.Done, await host.RunAsync("plugins", "remove", "Foreign"));
        Assert.Empty(Directory.GetFileSystemEntries(added));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", experiment));
    }

    [Theory]
    [InlineData("hiendmae/")]
    [InlineData("lib/net10.0/")]
    public async Task A_package_is_added(string place)
    {
        string package = Package(workshop.Add("Foreign", WrongPluginTests.Source), place);
        Assert.True(await host.RunAsync("plugins", "add", package) == ExitCodes.Done, host.Error);
        Assert.True(File.Exists(Path.Combine(added, "Foreign", "Foreign.dll")));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("plugins", "foreign"));
    }

    [Fact]
    public async Task Another_build_replaces_the_first()
    {
        await host.RunAsync("plugins", "add", Path.GetDirectoryName(workshop.Add("Foreign", WrongPluginTests.Source))!);
        string folder = Path.GetDirectoryName(workshop.Add("Foreign", "[assembly: System.Reflection.AssemblyVersion(\"2.0.0.0\")]\n" + WrongPluginTests.Source))!;
        Assert.Equal(ExitCodes.Done, await host.RunAsync("plugins", "add", folder));
        Assert.Contains("replaced Foreign 0.0.0.0 (SHA-256 ", host.Output);
        Assert.Contains(" by 2.0.0.0 (SHA-256 ", host.Output);
        await host.RunAsync("plugins", "add", folder);
        Assert.Contains("was there already", host.Output);
        Assert.Equal(["Foreign"], Directory.GetFileSystemEntries(added).Select(Path.GetFileName));
    }

    public static TheoryData<string, string> Kinds => new()
    {
        { "nothing", "There is no file and no folder" },
        { "text", "is neither a folder nor a NuGet package" },
        { "no zip", "is no NuGet package" },
        { "no nuspec", "has no .nuspec file" },
        { "package of a library", "has no plugin: there is nothing in hiendmae/ or lib/net10.0/" },
        { "outside", "which lies outside of its folder" },
        { "folder without plugin", "no assembly (*.dll) in it was built with HiEndMae.Generators" },
        { "project", "has a project but no built plugin" },
        { "several", "has several plugins: First, Second" },
        { "other contract", "it was built against contract 2.0" },
        { "missing library", "needs Library, which neither it nor the program has" },
        { "twin", "offers the dataset 'phantom', which the plugin 'HiEndMae.Plugins.Datasets'" },
        { "name of the program's", "A plugin 'HiEndMae.Plugins.Datasets' is part of the program" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_cannot_be_used_changes_nothing(string kind, string expected)
    {
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("plugins", "add", Make(kind)));
        Assert.Contains(expected, host.Error);
        Assert.True(!Directory.Exists(added) || Directory.GetFileSystemEntries(added).Length == 0);
    }

    [Fact]
    public async Task Plugins_of_the_program_and_unknown_ones_are_not_removed()
    {
        await host.RunAsync("plugins", "add", Path.GetDirectoryName(workshop.Add("Foreign", WrongPluginTests.Source))!);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("plugins", "remove", "HiEndMae.Plugins.Heads"));
        Assert.Contains("is part of the program", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("plugins", "remove", "Foreing"));
        Assert.Contains("did you mean 'Foreign'?", host.Error);
        Assert.True(File.Exists(Path.Combine(added, "Foreign", "Foreign.dll")));
    }

    [Fact]
    public async Task Only_stated_folders_are_searched_and_a_missing_one_is_reported()
    {
        workshop.Add("Foreign", WrongPluginTests.Source);
        string data = Path.Combine(host.Folder, "data"), user = Directory.CreateDirectory(Path.Combine(data, "hiendmae", "plugins")).FullName;
        Directory.Move(Path.Combine(workshop.Folder, "Foreign"), Path.Combine(user, "Foreign"));
        host.Variables["XDG_DATA_HOME"] = data;
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("plugins", "foreign")); // the variable replaces the user's folder
        Assert.Contains($"HIENDMAE_PLUGINS names the folder '{added}', which does not exist", host.Error);
        host.Variables.Remove("HIENDMAE_PLUGINS");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("plugins", "foreign"));
    }

    public void Dispose()
    {
        host.Dispose();
        workshop.Dispose();
    }

    private string Make(string kind)
    {
        string folder = Directory.CreateDirectory(Path.Combine(host.Folder, "source")).FullName;
        switch (kind)
        {
            case "nothing": return Path.Combine(host.Folder, "nowhere");
            case "text": return host.Write("plugin.txt", "text");
            case "no zip": return host.Write("plugin.nupkg", "text");
            case "no nuspec": return Zip(("hiendmae/Foreign.dll", "x"));
            case "package of a library": return Zip(("Foreign.nuspec", Nuspec), ("lib/netstandard2.0/Foreign.dll", "x"));
            case "outside": return Zip(("Foreign.nuspec", Nuspec), ("hiendmae/../../../../Foreign.dll", "x"));
            case "folder without plugin":
                File.WriteAllText(Path.Combine(folder, "Some.dll"), "text");
                return folder;
            case "project":
                File.WriteAllText(Path.Combine(folder, "Foreign.csproj"), "<Project/>");
                return folder;
            case "several":
                foreach (string name in (string[])["First", "Second"]) File.Copy(workshop.Add(name, WrongPluginTests.Source), Path.Combine(folder, name + ".dll"));
                return folder;
            case "other contract": return Path.GetDirectoryName(workshop.Add("Foreign", WrongPluginTests.Source, contract: "[assembly: HiEndMae.ContractVersion(2, 0)]"))!;
            case "missing library":
                string library = Path.Combine(folder, "Library.dll");
                PluginWorkshop.Library(library, "namespace Needed; public static class Thing { public static int Count => 3; }");
                return Path.GetDirectoryName(workshop.Add("Foreign", WrongPluginTests.Source.Replace("Made(int count) { }", "Made(int count) => System.GC.KeepAlive(Needed.Thing.Count);", StringComparison.Ordinal), references: [library]))!;
            case "twin": return Path.GetDirectoryName(workshop.Add("Foreign", WrongPluginTests.Source.Replace("\"foreign\")", "\"phantom\")", StringComparison.Ordinal)))!;
            default: return Path.Combine(workshop.Folder, "HiEndMae.Plugins.Datasets");
        }
    }

    private const string Nuspec = "<package><metadata><id>Foreign</id><version>1.0.0</version></metadata></package>";

    private string Package(string assembly, string place)
    {
        string package = Zip(("Foreign.nuspec", Nuspec));
        using ZipArchive archive = ZipFile.Open(package, ZipArchiveMode.Update);
        archive.CreateEntryFromFile(assembly, place + Path.GetFileName(assembly));
        return package;
    }

    private string Zip(params (string Name, string Text)[] entries)
    {
        string package = Path.Combine(host.Folder, "Foreign.1.0.0.nupkg");
        using ZipArchive archive = ZipFile.Open(package, ZipArchiveMode.Create);
        foreach ((string name, string text) in entries)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(text);
        }
        return package;
    }
}
