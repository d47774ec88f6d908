using System.Text.Json.Nodes;
using HiEndMae.Configuration;

namespace HiEndMae.Host.Output;

/// <summary>Prints diagnostics as text lines or as JSON.</summary>
internal static class DiagnosticOutput
{
    public static void Print(HostEnvironment environment, IEnumerable<ConfigDiagnostic> diagnostics)
    {
        foreach (ConfigDiagnostic diagnostic in diagnostics) environment.Error.WriteLine(diagnostic.ToString());
    }

    public static JsonArray ToJson(IEnumerable<ConfigDiagnostic> diagnostics) => new([.. diagnostics.Select(d => (JsonNode)new JsonObject
    {
        ["id"] = d.Id,
        ["severity"] = d.IsError ? "error" : "warning",
        ["message"] = d.Message,
        ["file"] = d.Source.File,
        ["line"] = d.Source.Line,
        ["column"] = d.Source.Column,
    })]);
}
