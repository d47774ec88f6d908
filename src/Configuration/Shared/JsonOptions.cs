#if NET
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HiEndMae.Configuration.Shared;

/// <summary>How the program writes JSON.</summary>
public static class JsonOptions
{
    /// <summary>Indented, with characters of every language as they are: for files that people open and for <c>--json</c>.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
#endif
