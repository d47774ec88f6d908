using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Runs.Directories;

/// <summary>Describes the machine and the software of a run: <c>environment.json</c>.</summary>
internal static class EnvironmentReport
{
    public static JsonObject Create(PluginCatalog catalog, string device, int threads) => new()
    {
        ["program"] = typeof(EnvironmentReport).Assembly.GetName().Version?.ToString(),
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["os"] = RuntimeInformation.OSDescription,
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["processors"] = Environment.ProcessorCount,
        ["memory_bytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        ["torchsharp"] = typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(),
        ["device"] = device,
        ["threads"] = threads,
        ["allocator"] = DeviceChoice.Allocator,
        ["plugins"] = new JsonArray([.. catalog.Plugins.Where(plugin => plugin.Fault is null).Select(plugin => (JsonNode)new JsonObject
        {
            ["name"] = plugin.Name,
            ["version"] = plugin.Version?.ToString(),
            ["contract"] = plugin.Contract?.ToString(),
            ["sha256"] = plugin.Sha256,
            ["components"] = new JsonArray([.. plugin.Components.Select(component => (JsonNode)$"{component.Slot}/{component.Name}")]),
        })]),
    };
}
