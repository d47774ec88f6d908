using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace HiEndMae.Mlflow;

/// <summary>A server's address and what opens it. Only <see cref="Address"/> is ever shown or written.</summary>
public sealed class TrackingServer
{
    private TrackingServer(Uri address, AuthenticationHeaderValue? credentials, bool trustsAnyCertificate)
    {
        Address = address;
        Credentials = credentials;
        TrustsAnyCertificate = trustsAnyCertificate;
    }

    /// <summary>Scheme, host, port and path, without credentials.</summary>
    public Uri Address { get; }

    /// <summary>The header that opens the server; null for none.</summary>
    internal AuthenticationHeaderValue? Credentials { get; }

    /// <summary>Whether any certificate will do.</summary>
    internal bool TrustsAnyCertificate { get; }

    /// <summary>
    /// From an address, and as the Python client from MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME with
    /// MLFLOW_TRACKING_PASSWORD, and MLFLOW_TRACKING_INSECURE_TLS. A name and password in the address hold where the environment has none.
    /// </summary>
    /// <param name="address">http:// or https://, without <c>/api</c>.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="TrackingException">The address is of another kind.</exception>
    public static TrackingServer Of(string address, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(getVariable);
        if (!Uri.TryCreate(address.Trim(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            throw new TrackingException("The address of the tracking server is neither http://... nor https://...");
        string shown = $"{uri.Scheme}://{uri.Authority.Split('@')[^1]}{uri.AbsolutePath.TrimEnd('/')}/";
        bool insecure = getVariable("MLFLOW_TRACKING_INSECURE_TLS")?.Trim() is { } word && (word == "1" || word.Equals("true", StringComparison.OrdinalIgnoreCase));
        return new TrackingServer(new Uri(shown), Header(uri.UserInfo, getVariable), insecure);
    }

    /// <summary>The address alone.</summary>
    public override string ToString() => Address.AbsoluteUri.TrimEnd('/');

    /// <summary>What sends requests as this server wants.</summary>
    internal SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // a server that moved is found again
            AllowAutoRedirect = false, // a redirected POST arrives as a GET: an error is clearer
            UseCookies = false,
        };
#pragma warning disable CA5359 // Only where the user's environment says so, by the Python client's own variable.
        if (TrustsAnyCertificate) handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        return handler;
    }

    private static AuthenticationHeaderValue? Header(string userInfo, Func<string, string?> getVariable)
    {
        if (getVariable("MLFLOW_TRACKING_USERNAME") is { Length: > 0 } user) return Basic(user, getVariable("MLFLOW_TRACKING_PASSWORD") ?? "");
        if (getVariable("MLFLOW_TRACKING_TOKEN") is { Length: > 0 } token) return new AuthenticationHeaderValue("Bearer", token.Trim());
        if (userInfo.Length == 0) return null;
        string[] parts = userInfo.Split(':', 2);
        return Basic(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    private static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{user}:{password}"))));
}
