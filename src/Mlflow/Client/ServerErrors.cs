using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HiEndMae.Mlflow;

/// <summary>Converts refusals and lost connections to <see cref="TrackingException"/> with messages for the user.</summary>
/// <param name="server">The server that the messages name.</param>
internal sealed partial class ServerErrors(TrackingServer server)
{
    private const int LongestMessage = 400;

    /// <summary>Whether the server has answered a request. It then accepts the connection as it is.</summary>
    public bool HasAnswered { get; set; }

    /// <summary>Returns the error for a response that is not a success.</summary>
    public TrackingException Refused(Answer answer, string path)
    {
        int status = (int)answer.Status;
        ErrorAnswer? error = ErrorOf(answer);
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            // The server knows the user, so other credentials of the same user do not help.
            bool isKnown = answer.Status == HttpStatusCode.Forbidden && server.Credentials is not null;
            string text = (error?.Message ?? PlainText(answer)) is { Length: > 0 } said ? $": {Readable(said)}" : "", remedy = isKnown
                ? $"the user has no permission for {ShortPath(path)}; ask the server's administrator for it, or use the credentials of another user"
                : "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, or write ~/.mlflow/credentials";
            return new TrackingException(TrackingFailure.Unavailable, $"The tracking server {server} refuses access ({status}{text}); {remedy}.") { StatusCode = status, ErrorCode = error?.ErrorCode };
        }
        TrackingFailure failure = error?.ErrorCode switch
        {
            "RESOURCE_DOES_NOT_EXIST" => TrackingFailure.Missing,
            // A response without MLflow's error code may come from a proxy whose server is starting.
            null when answer.Status is not (HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest) => TrackingFailure.Unavailable,
            _ => answer.IsTransient ? TrackingFailure.Unavailable : TrackingFailure.Refused,
        };
        return new TrackingException(failure, $"The tracking server {server} answered {status} to {ShortPath(path)}: {Readable(error?.Message)}")
        {
            StatusCode = status,
            ErrorCode = error?.ErrorCode,
        };
    }

    /// <summary>Returns the error for a request without a usable response.</summary>
    public TrackingException Unreachable(string why, Exception cause) =>
        new(TrackingFailure.Unavailable, $"The tracking server {server} cannot be reached: {why.TrimEnd('.')}.", cause);

    /// <summary>Returns the error for a failed connection. A TLS error says what is wrong with the certificate and which variable to set.</summary>
    public TrackingException Unreachable(HttpRequestException error) => FindTlsError(error) is { } tls
        ? new TrackingException(TrackingFailure.Unavailable, TlsMessage(tls), error)
        : Unreachable(error.Message.TrimEnd('.') + ClientCertificateHint, error);

    /// <summary>Returns the error for a response that does not come from MLflow, such as a login page.</summary>
    public TrackingException NotMlflow(string path, Exception cause) => Unreachable($"its answer to {ShortPath(path)} does not come from MLflow", cause);

    /// <summary>Removes the SQL that the server's database driver puts into a message.</summary>
    internal static string Readable(string? message)
    {
        if (string.IsNullOrWhiteSpace(message)) return "no reason given";
        Match database = DatabaseError().Match(message);
        if (database.Success)
        {
            message = DriverNoise().Replace(message[..database.Index], "").Trim();
            if (message.Length == 0) return $"its database refused the values ({database.Groups["kind"].Value})";
        }
        string text = message.Split('\n')[0].Trim();
        return text.Length > LongestMessage ? text[..LongestMessage] + "..." : text;
    }

    // A server that insists on a certificate closes the connection without a reason that .NET passes on.
    private string ClientCertificateHint => server.LacksClientCertificate && !HasAnswered
        ? "; the server asks for a client certificate, so set MLFLOW_TRACKING_CLIENT_CERT_PATH to a PEM file with the certificate and its key"
        : "";

    private string TlsMessage(AuthenticationException tls)
    {
        if (server.CertificateFault is null && ClientCertificateHint is { Length: > 0 } hint) return $"The tracking server {server} cannot be reached over TLS: {tls.Message.TrimEnd('.')}{hint}.";
        string fault = server.CertificateFault?.Text ?? tls.Message.TrimEnd('.');
        string remedy = server.CertificateFault?.Remedy ?? "check that the server at this address speaks https";
        return $"The tracking server {server} cannot be reached over TLS: {fault}; {remedy}.";
    }

    private static AuthenticationException? FindTlsError(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is AuthenticationException tls) return tls;
        }
        return null;
    }

    private static ErrorAnswer? ErrorOf(Answer answer)
    {
        try
        {
            return answer.IsJson ? JsonSerializer.Deserialize(answer.Body, MlflowJson.Default.ErrorAnswer) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // MLflow refuses access with one sentence; a proxy may answer with a page.
    private static string? PlainText(Answer answer)
    {
        string text = Encoding.UTF8.GetString(answer.Body, 0, Math.Min(answer.Body.Length, 4 * LongestMessage)).Trim();
        return text.StartsWith('<') ? null : text.TrimEnd('.');
    }

    private static string ShortPath(string path) => path.Split('?')[0];

    // SQL and values follow a text such as "(sqlite3.IntegrityError)" or "(psycopg2.errors.UniqueViolation)".
    [GeneratedRegex(@"\((?:[a-zA-Z_]\w*\.)+(?<kind>[A-Z]\w*)\)")]
    private static partial Regex DatabaseError();

    [GeneratedRegex(@"\(raised as a result of [^)]*\)|Error:\s*$")]
    private static partial Regex DriverNoise();
}
