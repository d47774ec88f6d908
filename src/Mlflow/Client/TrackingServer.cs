using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace HiEndMae.Mlflow;

/// <summary>Address and credentials of a server. Only <see cref="Address"/> is ever shown or written.</summary>
public sealed class TrackingServer
{
    private readonly bool trustsAnyCertificate;
    private readonly X509Certificate2Collection authorities;
    private readonly X509Certificate2? clientCertificate;
    private volatile CertificateFault? certificateFault;
    private volatile bool lacksClientCertificate;

    private TrackingServer(Uri address, AuthenticationHeaderValue? credentials, bool trustsAnyCertificate, string? certificatePath, X509Certificate2Collection authorities, X509Certificate2? clientCertificate)
    {
        Address = address;
        Credentials = credentials;
        CertificatePath = certificatePath;
        this.trustsAnyCertificate = trustsAnyCertificate;
        this.authorities = authorities;
        this.clientCertificate = clientCertificate;
    }

    /// <summary>Scheme, host, port and path, without credentials.</summary>
    public Uri Address { get; }

    /// <summary>The header with the credentials; null for none.</summary>
    internal AuthenticationHeaderValue? Credentials { get; }

    /// <summary>The file in MLFLOW_TRACKING_SERVER_CERT_PATH; null to trust the machine's certificate authorities.</summary>
    internal string? CertificatePath { get; }

    /// <summary>Fault of the certificate of the last connection; null if it was accepted or never seen.</summary>
    internal CertificateFault? CertificateFault => certificateFault;

    /// <summary>Whether the server has asked for a certificate of the client, and there is none.</summary>
    internal bool LacksClientCertificate => lacksClientCertificate;

    /// <summary>Whether any certificate is accepted.</summary>
    internal bool TrustsAnyCertificate => trustsAnyCertificate;

    /// <summary>
    /// Reads the same environment variables as MLflow's Python client: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD (or the file ~/.mlflow/credentials),
    /// MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_INSECURE_TLS, MLFLOW_TRACKING_SERVER_CERT_PATH and MLFLOW_TRACKING_CLIENT_CERT_PATH.
    /// A name and password in the address are used if none of these gives credentials. If the address has none, those in MLFLOW_TRACKING_URI are used if that is the same server,
    /// because a run directory has the address without them.
    /// </summary>
    /// <param name="address">http:// or https://, without <c>/api</c>.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="TrackingException">The address is not an http(s) address, the variables contradict each other, or a certificate cannot be read.</exception>
    public static TrackingServer Of(string address, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(getVariable);
        if (!Uri.TryCreate(address.Trim(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            throw new TrackingException("The address of the tracking server must begin with http:// or https://.");
        Uri shown = WithoutUser(uri);
        string user = uri.UserInfo;
        if (user.Length == 0 && Uri.TryCreate(getVariable("MLFLOW_TRACKING_URI")?.Trim(), UriKind.Absolute, out Uri? variable) && variable.Scheme is "http" or "https" && WithoutUser(variable) == shown) user = variable.UserInfo;
        bool insecure = getVariable("MLFLOW_TRACKING_INSECURE_TLS")?.Trim() is { } word && (word == "1" || word.Equals("true", StringComparison.OrdinalIgnoreCase));
        string? serverPath = NonEmpty(getVariable("MLFLOW_TRACKING_SERVER_CERT_PATH")), clientPath = NonEmpty(getVariable("MLFLOW_TRACKING_CLIENT_CERT_PATH"));
        if (insecure && serverPath is not null)
            throw new TrackingException("MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH are both set and contradict each other; remove one of them.");
        return new TrackingServer(shown, Header(user, getVariable), insecure, serverPath, Authorities(serverPath), ClientCertificate(clientPath));
    }

    /// <summary>Returns the address.</summary>
    public override string ToString() => Address.AbsoluteUri.TrimEnd('/');

    /// <summary>Creates the handler that sends requests to this server.</summary>
    internal SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // finds a server again that moved to another address
            AllowAutoRedirect = false, // a redirected POST would arrive as a GET; an error is clearer
            UseCookies = false,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, faults) => Accepts(certificate, chain, faults);
        if (clientCertificate is not null) handler.SslOptions.ClientCertificates = [clientCertificate];
        else
        {
            // It is called once before the handshake, and again with the server's certificate if the server asks for one.
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, shown, _) =>
            {
                if (shown is not null) lacksClientCertificate = true;
                return null!;
            };
        }
        return handler;
    }

    private bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors faults)
    {
        if (trustsAnyCertificate) return true;
        X509ChainStatus[] statuses = chain?.ChainStatus ?? [];
        if (authorities.Count > 0 && certificate is not null)
        {
            // The file replaces the machine's certificate authorities, as in the Python client.
            using var own = new X509Chain();
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            own.ChainPolicy.CustomTrustStore.AddRange(authorities);
            foreach (X509ChainElement element in chain?.ChainElements ?? new X509Chain().ChainElements) own.ChainPolicy.ExtraStore.Add(element.Certificate);
            using var leaf = new X509Certificate2(certificate);
            faults = own.Build(leaf) ? faults & ~SslPolicyErrors.RemoteCertificateChainErrors : faults | SslPolicyErrors.RemoteCertificateChainErrors;
            statuses = own.ChainStatus;
        }
        certificateFault = faults == SslPolicyErrors.None ? null : Describe(certificate, faults, statuses);
        return faults == SslPolicyErrors.None;
    }

    // The certificate of an authority only helps if the authority is unknown, not with a date or a name.
    private CertificateFault Describe(X509Certificate? certificate, SslPolicyErrors faults, X509ChainStatus[] statuses)
    {
        string any = $"MLFLOW_TRACKING_INSECURE_TLS=true {(CertificatePath is null ? "" : "without MLFLOW_TRACKING_SERVER_CERT_PATH ")}to accept any certificate", orAny = $", or set {any}";
        if (certificate is null || faults.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return new CertificateFault("it shows no certificate", "check that the server at this address speaks https");
        X509ChainStatusFlags all = statuses.Aggregate(X509ChainStatusFlags.NoError, static (flags, status) => flags | status.Status);
        if (all.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return new CertificateFault(
                $"its certificate is valid only from {certificate.GetEffectiveDateString()} to {certificate.GetExpirationDateString()}",
                $"the server needs a new certificate (if the date is right on this machine){orAny}");
        }
        if (faults.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return new CertificateFault($"its certificate is for {NamesIn(certificate)}, not for the host {Address.Host}", $"write a host name of the certificate in the server's address{orAny}");
        string trust = CertificatePath is { } path
            ? $"check that {path} (MLFLOW_TRACKING_SERVER_CERT_PATH) contains the certificate of the authority that signed it"
            : $"set MLFLOW_TRACKING_SERVER_CERT_PATH to the certificate of the authority that signed it, or {any}";
        if (all.HasFlag(X509ChainStatusFlags.UntrustedRoot) || all.HasFlag(X509ChainStatusFlags.PartialChain))
        {
            return new CertificateFault(certificate.Subject == certificate.Issuer
                ? $"its certificate ({certificate.Subject}) is signed by itself and is not trusted on this machine"
                : $"its certificate is signed by {certificate.Issuer}, which is not trusted on this machine", trust);
        }
        return new CertificateFault($"its certificate is not accepted ({all})", trust);
    }

    private static string NamesIn(X509Certificate certificate)
    {
        using var whole = new X509Certificate2(certificate);
        string[] names = [.. whole.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(static address => address.ToString())))];
        return names.Length > 0 ? string.Join(", ", names) : whole.Subject;
    }

    private static Uri WithoutUser(Uri address) => new($"{address.Scheme}://{address.Authority.Split('@')[^1]}{address.AbsolutePath.TrimEnd('/')}/");

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static X509Certificate2Collection Authorities(string? path)
    {
        var all = new X509Certificate2Collection();
        if (path is null) return all;
        try
        {
            // Python's requests accepts a file or a folder of files.
            foreach (string file in Directory.Exists(path) ? Directory.GetFiles(path) : [path]) all.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new TrackingException($"The certificate {path} (MLFLOW_TRACKING_SERVER_CERT_PATH) cannot be read: {error.Message}", error);
        }
        return all.Count > 0 ? all : throw new TrackingException($"The file {path} (MLFLOW_TRACKING_SERVER_CERT_PATH) contains no certificate; it must be a PEM file with '-----BEGIN CERTIFICATE-----'.");
    }

    private static X509Certificate2? ClientCertificate(string? path)
    {
        if (path is null) return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new TrackingException($"The client certificate {path} (MLFLOW_TRACKING_CLIENT_CERT_PATH) cannot be read: {error.Message} It must be one PEM file with the certificate and its key.", error);
        }
    }

    private static AuthenticationHeaderValue? Header(string userInfo, Func<string, string?> getVariable)
    {
        CredentialsFile file = CredentialsFile.Read(getVariable);
        string? user = NonEmpty(getVariable("MLFLOW_TRACKING_USERNAME")) ?? file.Username, password = NonEmpty(getVariable("MLFLOW_TRACKING_PASSWORD")) ?? file.Password;
        if (user is not null && password is not null) return Basic(user, password);
        if (NonEmpty(getVariable("MLFLOW_TRACKING_TOKEN")) is { } token) return new AuthenticationHeaderValue("Bearer", token);
        if (userInfo.Length == 0) return null;
        string[] parts = userInfo.Split(':', 2);
        return Basic(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    private static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{user}:{password}"))));
}
