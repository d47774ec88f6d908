using System.Text.Json.Nodes;

namespace HiEndMae.Runs.Results;

/// <summary>Conditions besides the config on which results depend.</summary>
/// <param name="Device">Device of the models.</param>
/// <param name="Threads">Number of libtorch's threads on CPU. Rounding depends on it.</param>
/// <param name="Deterministic">Whether libtorch's deterministic mode was on.</param>
/// <param name="ConfigChanges">Keys that were changed during the run, as "key: old -> new".</param>
/// <param name="CodeChanges">Changes of plugins and of the program's numerics during the run, as "plugin NAME: old -> new".</param>
public sealed record RunConditions(string Device, int Threads, bool Deterministic, IReadOnlyList<string> ConfigChanges, IReadOnlyList<string> CodeChanges)
{
    /// <summary>Converts to JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["device"] = Device,
        ["threads"] = Threads,
        ["deterministic"] = Deterministic,
        ["config_changes"] = new JsonArray([.. ConfigChanges.Select(change => (JsonNode)change)]),
        ["code_changes"] = new JsonArray([.. CodeChanges.Select(change => (JsonNode)change)]),
    };
}
