using System.Net;

namespace HiEndMae.Mlflow;

/// <summary>What came back for one request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="IsJson">Whether the body claims to be JSON.</param>
/// <param name="RetryAfter">How long the server asks to wait; null where it does not say.</param>
internal sealed record Answer(HttpStatusCode Status, byte[] Body, bool IsJson, TimeSpan? RetryAfter)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Whether the body is complete. Every answer of the API except a download is a JSON object.</summary>
    public bool IsWhole => !IsJson || (Body.Length >= 2 && Body.AsSpan().TrimEnd(" \r\n\t"u8).EndsWith("}"u8));

    /// <summary>Whether the same request can succeed a little later.</summary>
    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError || (IsSuccess && !IsWhole);
}
