using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>The code that computes an experiment's results: the program's numerics, and every plugin whose component the experiment names.</summary>
/// <param name="Numerics">Version of the program's numerics.</param>
/// <param name="Plugins">The plugins, in the order of their names.</param>
internal sealed record CodeIdentity(int Numerics, IReadOnlyList<PluginIdentity> Plugins)
{
    /// <summary>Name of its file in a run directory.</summary>
    public const string FileName = "code.json";

    /// <summary>SHA-256 of it, in lower-case hex.</summary>
    public string Key => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Numerics} {string.Join(' ', Plugins.Select(plugin => $"{plugin.Name} {plugin.Sha256}"))}")));

    /// <summary>The code of an experiment.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="catalog">The plugins.</param>
    public static CodeIdentity Of(ExperimentConfig config, PluginCatalog catalog) => new(
        NumericsVersion.Current,
        [.. UsedComponents.Of(config.ToTable(), ExperimentConfig.Schema, catalog.Components).Select(catalog.OwnerOf).Distinct()
            .OrderBy(plugin => plugin.Name, StringComparer.Ordinal).Select(plugin => new PluginIdentity(plugin.Name, plugin.Version!.ToString(), plugin.Sha256))]);

    /// <summary>Reads the file of a run directory.</summary>
    /// <param name="folder">The run directory.</param>
    /// <returns>Null if there is no such file, as in runs of earlier versions of the program, or if it is damaged.</returns>
    public static CodeIdentity? Read(string folder)
    {
        try
        {
            JsonNode file = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, FileName)))!;
            return new CodeIdentity(
                (int)file["numerics"]!, [.. file["plugins"]!.AsArray().Select(plugin => new PluginIdentity((string)plugin!["name"]!, (string)plugin["version"]!, (string)plugin["sha256"]!))]);
        }
        catch (Exception error) when (error is IOException or JsonException or NullReferenceException or InvalidOperationException or ArgumentNullException)
        {
            return null;
        }
    }

    /// <summary>As JSON.</summary>
    public string ToJson() => new JsonObject
    {
        ["numerics"] = Numerics,
        ["plugins"] = new JsonArray([.. Plugins.Select(plugin => (JsonNode)new JsonObject { ["name"] = plugin.Name, ["version"] = plugin.Version, ["sha256"] = plugin.Sha256 })]),
    }.ToJsonString(JsonOptions.Indented);

    /// <summary>As metadata of weight files.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => Plugins.Select(plugin => KeyValuePair.Create($"plugin.{plugin.Name}", $"{plugin.Version} {plugin.Sha256}"))
        .Prepend(KeyValuePair.Create("numerics", Numerics.ToString(CultureInfo.InvariantCulture))).ToDictionary();

    /// <summary>Lists the differences from the code with which a run was started.</summary>
    /// <param name="before">The code at the start of the run.</param>
    /// <returns>A line for each difference; empty if there is none.</returns>
    public IReadOnlyList<string> ChangesSince(CodeIdentity before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var changes = new List<string>();
        if (before.Numerics != Numerics) changes.Add($"numerics of the program: version {before.Numerics} -> {Numerics}");
        foreach (string name in before.Plugins.Concat(Plugins).Select(plugin => plugin.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            PluginIdentity? then = before.Plugins.FirstOrDefault(plugin => plugin.Name == name), now = Plugins.FirstOrDefault(plugin => plugin.Name == name);
            if (then?.Sha256 != now?.Sha256) changes.Add($"plugin {name}: {then?.ToString() ?? "(none)"} -> {now?.ToString() ?? "(none)"}");
        }
        return changes;
    }
}
