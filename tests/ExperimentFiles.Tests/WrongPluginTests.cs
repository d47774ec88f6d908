using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>Plugins with something wrong. Each gets one message; experiments that do not name it are run as if it were not there.</summary>
public sealed class WrongPluginTests
{
    internal const string Source = """
        namespace Foreign;
        /// <summary>Cases of another institute.</summary>
        [HiEndMae.Component(HiEndMae.Slot.Dataset, "foreign")]
        public sealed partial record ForeignConfig
        {
            /// <summary>Count.</summary>
            public int Count { get; init; } = 3;
        }
        internal sealed class ForeignDataset : HiEndMae.Dataset
        {
            public ForeignDataset(ForeignConfig config, HiEndMae.DatasetContext context) { Made(config.Count); }
            public override HiEndMae.DatasetInfo Info => new("foreign", ["CT"], ["background", "organ"]);
            public override System.Collections.Generic.IEnumerable<HiEndMae.DatasetCase> Cases(HiEndMae.DatasetSplit split) => Listed();
            private static void Made(int count) { }
            private static System.Collections.Generic.IEnumerable<HiEndMae.DatasetCase> Listed() => [];
        }
        """;

    internal const string Right = """
        name = "right"
        device = "cpu"
        [encoder]
        plugin = "vit3d"
        embed_dim = 24
        depth = 10
        num_heads = 2
        patch_size = 8
        [pretrain]
        steps = 2
        [pretrain.decoder]
        plugin = "mae"
        embed_dim = 12
        num_heads = 2
        [pretrain.data]
        plugin = "phantom"
        crop = 16
        """;

    internal static readonly string Naming = Right.Replace("\"phantom\"", "\"foreign\"", StringComparison.Ordinal);

    public static TheoryData<string, string> Kinds => new()
    {
        { "empty folder", "it has no assembly 'Foreign.dll'" },
        { "other name", "there are Foreign-1.0.dll" },
        { "text", "BadImageFormatException" },
        { "cut", "Exception" },
        { "no component", "it offers no component" },
        { "no contract", "a contract without a version" },
        { "newer minor", "it was built against contract 1.99, and this program has 1." },
        { "newer major", "it was built against contract 2.0" },
        { "older major", "it was built against contract 0.9" },
        { "missing library", "Library" },
        { "throwing manifest", "no luck today" },
        { "manifest of another type", "InvalidCastException" },
        { "twin", "is offered by" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_bad_plugin_does_not_affect_the_others(string kind, string expected)
    {
        using var workshop = new PluginWorkshop();
        Make(workshop, kind);
        using var host = new HostFixture(workshop.Folder);

        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", host.Write("right.toml", Right)));
        Assert.Equal("", host.Error);

        Assert.Equal(ExitCodes.Done, await host.RunAsync("plugins", "--json"));
        JsonNode listed = JsonNode.Parse(host.Output[host.Output.IndexOf('{', StringComparison.Ordinal)..])!;
        Assert.Contains(expected, (string)Assert.Single(listed["faults"]!.AsArray())!);
        Assert.DoesNotContain(listed["components"]!.AsArray(), component => (string)component!["plugin"]! == "foreign");
        Assert.Contains(listed["plugins"]!.AsArray(), plugin => (string)plugin!["name"]! == "Foreign" && (bool)plugin["loaded"]! == (kind == "twin"));

        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("run", host.Write("naming.toml", Naming), "--out", Path.Combine(host.Folder, "runs")));
        Assert.Contains("HEM020", host.Error);
        Assert.Contains(expected, host.Error);
        Assert.False(Directory.Exists(Path.Combine(host.Folder, "runs")));
    }

    [Fact]
    public async Task A_constructor_that_throws_is_reported_as_a_fault_of_its_plugin()
    {
        using var workshop = new PluginWorkshop();
        workshop.Add("Foreign", Source.Replace("Made(int count) { }", "Made(int count) => throw new System.InvalidOperationException(\"no luck today\");", StringComparison.Ordinal));
        using var host = new HostFixture(workshop.Folder);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("run", host.Write("naming.toml", Naming), "--out", Path.Combine(host.Folder, "runs")));
        Assert.Contains("The dataset 'foreign' of plugin 'Foreign' 0.0.0.0 cannot be created: InvalidOperationException: no luck today", host.Error);
        Assert.False(Directory.Exists(Path.Combine(host.Folder, "runs")));
    }

    [Fact]
    public async Task Code_of_a_plugin_that_throws_is_named()
    {
        using var workshop = new PluginWorkshop();
        workshop.Add("Foreign", Source.Replace("Listed() => [];", "Listed() => throw new System.InvalidOperationException(\"no luck today\");", StringComparison.Ordinal));
        using var host = new HostFixture(workshop.Folder);
        Assert.Equal(ExitCodes.Failed, await host.RunAsync("run", host.Write("naming.toml", Naming), "--out", Path.Combine(host.Folder, "runs")));
        Assert.Contains("error: the plugin 'Foreign' 0.0.0.0 failed in ForeignDataset.Listed (dataset 'foreign'): InvalidOperationException: no luck today", host.Error);
        Assert.DoesNotContain("internal error", host.Error);
    }

    [Fact]
    public async Task A_valid_plugin_is_listed_with_version_contract_and_checksum()
    {
        using var workshop = new PluginWorkshop();
        workshop.Add("Foreign", "[assembly: System.Reflection.AssemblyVersion(\"1.2.3.0\")]\n" + Source, contract: "[assembly: global::HiEndMae.ContractVersion(1, 0)]");
        using var host = new HostFixture(workshop.Folder);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", host.Write("naming.toml", Naming)));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("plugins", "--json"));
        JsonNode plugin = Assert.Single(JsonNode.Parse(host.Output[host.Output.IndexOf('{', StringComparison.Ordinal)..])!["plugins"]!.AsArray(), one => (string)one!["name"]! == "Foreign")!;
        Assert.Equal(("1.2.3.0", "1.0", true), ((string)plugin["version"]!, (string)plugin["contract"]!, (bool)plugin["loaded"]!));
        Assert.Matches("^[0-9a-f]{64}$", (string)plugin["sha256"]!);
    }

    private static void Make(PluginWorkshop workshop, string kind)
    {
        string folder = Path.Combine(workshop.Folder, "Foreign"), file = Path.Combine(folder, "Foreign.dll");
        switch (kind)
        {
            case "empty folder":
                Directory.CreateDirectory(folder);
                break;
            case "other name":
                workshop.Add("Foreign-1.0", Source, folder: "Foreign");
                break;
            case "text":
                Directory.CreateDirectory(folder);
                File.WriteAllText(file, "This is no assembly.");
                break;
            case "cut":
                workshop.Add("Foreign", Source);
                File.WriteAllBytes(file, File.ReadAllBytes(file)[..1500]);
                break;
            case "no component":
                workshop.Add("Foreign", "[assembly: HiEndMae.ContractVersion(1, 0)]\ninternal static class Nothing;");
                break;
            case "no contract":
                workshop.Add("Foreign", Source, contract: "");
                break;
            case "newer minor":
                workshop.Add("Foreign", Source, contract: "[assembly: HiEndMae.ContractVersion(1, 99)]");
                break;
            case "newer major":
                workshop.Add("Foreign", Source, contract: "[assembly: HiEndMae.ContractVersion(2, 0)]");
                break;
            case "older major":
                workshop.Add("Foreign", Source, contract: "[assembly: HiEndMae.ContractVersion(0, 9)]");
                break;
            case "missing library":
                string library = Path.Combine(workshop.Folder, "..", Path.GetRandomFileName(), "Library.dll");
                Directory.CreateDirectory(Path.GetDirectoryName(library)!);
                PluginWorkshop.Library(library, "namespace Needed; public abstract class Base : System.IDisposable { public void Dispose() { } }");
                workshop.Add("Foreign", Manifest("new Needs().GetType().Name is { } ? [] : []") + "internal sealed class Needs : Needed.Base { }", references: [library]);
                Directory.Delete(Path.GetDirectoryName(library)!, recursive: true);
                break;
            case "throwing manifest":
                workshop.Add("Foreign", Manifest("throw new System.InvalidOperationException(\"no luck today\")"));
                break;
            case "manifest of another type":
                workshop.Add("Foreign", Manifest("[]").Replace(": HiEndMae.IPluginManifest", "", StringComparison.Ordinal));
                break;
            case "twin":
                workshop.Add("Foreign", Source);
                workshop.Add("Twin", Source);
                break;
        }
    }

    // A plugin whose manifest no generator has written.
    private static string Manifest(string components) => $$"""
        [assembly: HiEndMae.ContractVersion(1, 0)]
        [assembly: HiEndMae.PluginManifest(typeof(Manifest))]
        public sealed class Manifest : HiEndMae.IPluginManifest
        {
            public System.Collections.Generic.IReadOnlyList<HiEndMae.Configuration.ComponentDescriptor> Components => {{components}};
        }
        """;
}
