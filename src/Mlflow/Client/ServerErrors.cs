using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HiEndMae.Mlflow;

/// <summary>Turns refusals and lost connections into <see cref="TrackingException"/> with messages for the user.</summary>
/// <param name="server">The server that the messages name.</param>
internal sealed partial class ServerErrors(TrackingServer server)
{
    private const int LongestMessage = 400;

    /// <summary>The error of an answer that is no success.</summary>
    public TrackingException Refused(Answer answer, string path)
    {
        int status = (int)answer.Status;
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return new TrackingException(
                TrackingFailure.Unavailable,
                $"The tracking server {server} refuses access ({status}); set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, "
                + "or write ~/.mlflow/credentials.") { StatusCode = status };
        }
        ErrorAnswer? error = ErrorOf(answer);
        TrackingFailure failure = error?.ErrorCode switch
        {
            "RESOURCE_DOES_NOT_EXIST" => TrackingFailure.Missing,
            // An answer without MLflow's own error code may come from a proxy before a server that is starting.
            null when answer.Status is not (HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest) => TrackingFailure.Unavailable,
            _ => answer.IsTransient ? TrackingFailure.Unavailable : TrackingFailure.Refused,
        };
        return new TrackingException(failure, $"The tracking server {server} answered {status} to {ShortPath(path)}: {Readable(error?.Message)}")
        {
            StatusCode = status,
            ErrorCode = error?.ErrorCode,
        };
    }

    /// <summary>The error of a request that got no usable answer.</summary>
    public TrackingException Unreachable(string why, Exception cause) =>
        new(TrackingFailure.Unavailable, $"The tracking server {server} cannot be reached: {why.TrimEnd('.')}.", cause);

    /// <summary>The error of a connection that failed; for TLS it names what is wrong with the certificate and which variable helps.</summary>
    public TrackingException Unreachable(HttpRequestException error) => FindTlsError(error) is { } tls
        ? new TrackingException(TrackingFailure.Unavailable, TlsMessage(tls), error)
        : Unreachable(error.Message, error);

    /// <summary>An answer that is not MLflow's, such as a page that asks for a login.</summary>
    public TrackingException NotMlflow(string path, Exception cause) => Unreachable($"its answer to {ShortPath(path)} is no MLflow answer", cause);

    /// <summary>The server's message without the SQL that its database driver puts into it.</summary>
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

    private string TlsMessage(AuthenticationException tls)
    {
        string fault = server.CertificateFault ?? tls.Message.TrimEnd('.');
        string remedy = server.CertificateFault is null
            ? "check that the address is one of an https server"
            : server.CertificatePath is { } path
                ? $"check that {path} (MLFLOW_TRACKING_SERVER_CERT_PATH) holds the certificate of the authority that signed it"
                : "set MLFLOW_TRACKING_SERVER_CERT_PATH to the certificate of the authority that signed it, or MLFLOW_TRACKING_INSECURE_TLS=true to accept any certificate";
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

    private static string ShortPath(string path) => path.Split('?')[0];

    // Such as "(sqlite3.IntegrityError)" or "(psycopg2.errors.UniqueViolation)": from here on the text is SQL and values.
    [GeneratedRegex(@"\((?:[a-zA-Z_]\w*\.)+(?<kind>[A-Z]\w*)\)")]
    private static partial Regex DatabaseError();

    [GeneratedRegex(@"\(raised as a result of [^)]*\)|Error:\s*$")]
    private static partial Regex DriverNoise();
}
