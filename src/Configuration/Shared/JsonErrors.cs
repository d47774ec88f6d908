#if NET
using System.Text.Json;

namespace HiEndMae.Configuration.Shared;

/// <summary>Recognises errors that come from the content of a JSON file.</summary>
public static class JsonErrors
{
    /// <summary>Whether an exception says that the content is wrong: no JSON, another shape, a number out of range, a key twice or missing.</summary>
    /// <param name="error">Thrown while values were taken out of a <c>JsonNode</c> or a <c>JsonDocument</c>.</param>
    public static bool AreOfContent(Exception error) => error is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException
        or KeyNotFoundException or NullReferenceException;
}
#endif
