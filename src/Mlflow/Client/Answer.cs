using System.Net;

namespace HiEndMae.Mlflow;

/// <summary>The response to one request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="IsJson">Whether the body claims to be JSON.</param>
/// <param name="RetryAfter">The wait that the server asks for; null if it does not ask for one.</param>
internal sealed record Answer(HttpStatusCode Status, byte[] Body, bool IsJson, TimeSpan? RetryAfter)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Whether the body is complete JSON. Every response of the API except a download is a JSON object.</summary>
    public bool IsWhole => !IsJson || (Body.Length >= 2 && Body.AsSpan().TrimEnd(" \r\n\t"u8).EndsWith("}"u8));

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError || (IsSuccess && !IsWhole);
}
