using System.Text.Json.Nodes;

namespace HiEndMae.Runs.Results;

/// <summary>What results depend on besides the config.</summary>
/// <param name="Device">Where models were.</param>
/// <param name="Threads">Threads of libtorch on CPU: other numbers of them round differently.</param>
/// <param name="Deterministic">Whether libtorch's deterministic mode was on.</param>
/// <param name="ConfigChanges">Keys that were changed between two parts of the run, as "key: old -> new".</param>
public sealed record RunConditions(string Device, int Threads, bool Deterministic, IReadOnlyList<string> ConfigChanges)
{
    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["device"] = Device,
        ["threads"] = Threads,
        ["deterministic"] = Deterministic,
        ["config_changes"] = new JsonArray([.. ConfigChanges.Select(change => (JsonNode)change)]),
    };
}
