#if NET
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HiEndMae.Configuration.Shared;

/// <summary>Options with which the program writes JSON.</summary>
public static class JsonOptions
{
    /// <summary>Indented, without escaping characters of other languages. Used for files that people open and for <c>--json</c>.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
#endif
