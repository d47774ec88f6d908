using HiEndMae.Configuration;
using HiEndMae.Verification.Kinds;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Tests;

/// <summary>The goldens of the project, and what compares them.</summary>
internal static class Goldens
{
    private static readonly IPluginManifest[] Plugins =
        [new HiEndMae.Plugins.Encoders.Generated.PluginManifest(), new HiEndMae.Plugins.Decoders.Generated.PluginManifest(), new HiEndMae.Plugins.Heads.Generated.PluginManifest(), new HiEndMae.Plugins.Pretext.Generated.PluginManifest()];

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "goldens");

    public static IReadOnlyList<ComponentDescriptor> Components { get; } = [.. Plugins.SelectMany(plugin => plugin.Components)];

    public static string[] Files => [.. Directory.GetFiles(Folder, "*.safetensors").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static string PathOf(string file) => Path.Combine(Folder, file);

    public static GoldenContext Context(int threads = 2) => new(Components, CPU, threads);

    public static GoldenVerifier Verifier(params IGoldenKind[] kinds) => new(kinds.Length > 0 ? kinds : GoldenKinds.All, Context());
}
