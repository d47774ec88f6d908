using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace HiEndMae.Mlflow.Tests;

/// <summary>Certificates of servers: what is wrong with them is said, and the variables of the Python client help.</summary>
public sealed class TlsTests
{
    [Fact]
    public void The_error_for_a_self_signed_certificate_names_the_variables_to_set()
    {
        using var server = new TlsServer("localhost");
        string message = Refused(server, NoVariables);
        Assert.Contains("its certificate (CN=localhost) is signed by itself and is not trusted", message);
        Assert.Contains("MLFLOW_TRACKING_SERVER_CERT_PATH", message);
        Assert.Contains("MLFLOW_TRACKING_INSECURE_TLS", message);
    }

    [Fact]
    public void Certificates_of_another_host_and_expired_ones_are_named()
    {
        using var folder = new TempFolder();
        using (var other = new TlsServer("elsewhere.example"))
        {
            string name = Refused(other, Trusting(folder, other));
            Assert.Contains("is for elsewhere.example, www.elsewhere.example, 10.1.2.3, not for the host localhost; write a host name of the certificate in the server's address", name);
            Assert.DoesNotContain("authority", name);
        }
        using var old = new TlsServer("localhost", DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(-10));
        string date = Refused(old, Trusting(folder, old));
        Assert.Contains("its certificate is valid only from", date);
        Assert.Contains("the server needs a new certificate", date);
        Assert.Contains("MLFLOW_TRACKING_INSECURE_TLS=true without MLFLOW_TRACKING_SERVER_CERT_PATH", date);
        Assert.DoesNotContain("authority", date);
    }

    [Fact]
    public void Requests_succeed_with_the_authority_s_certificate_or_without_verification()
    {
        using var folder = new TempFolder();
        using var server = new TlsServer("localhost");
        Assert.Equal("paper", Ask(server, Trusting(folder, server)));
        Assert.Equal("paper", Ask(server, name => name == "MLFLOW_TRACKING_INSECURE_TLS" ? "true" : null));
    }

    [Fact]
    public void A_client_certificate_is_sent_to_a_server_that_requires_one()
    {
        using var folder = new TempFolder();
        using var server = new TlsServer("localhost", wantsClientCertificate: true);
        using X509Certificate2 client = TlsServer.Certificate("researcher", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string file = folder.File("client.pem", client.ExportCertificatePem() + "\n" + client.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Func<string, string?> trusting = Trusting(folder, server);
        Assert.Equal("paper", Ask(server, name => name == "MLFLOW_TRACKING_CLIENT_CERT_PATH" ? file : trusting(name)));
        Assert.Equal("CN=researcher", server.ClientSubject);
    }

    [Fact]
    public void A_server_that_demands_a_client_certificate_is_named_with_the_variable()
    {
        using var folder = new TempFolder();
        using var server = new TlsServer("localhost", wantsClientCertificate: true);
        Assert.Contains("asks for a client certificate, so set MLFLOW_TRACKING_CLIENT_CERT_PATH", Refused(server, Trusting(folder, server)));
        using var other = new TlsServer("localhost");
        Assert.DoesNotContain("MLFLOW_TRACKING_CLIENT_CERT_PATH", Refused(other, NoVariables));
    }

    [Fact]
    public void Unreadable_certificates_and_contradictory_variables_are_reported_at_once()
    {
        using var folder = new TempFolder();
        string empty = folder.File("empty.pem", "no certificate");
        Assert.Contains("contains no certificate", Fault(("MLFLOW_TRACKING_SERVER_CERT_PATH", empty)));
        Assert.Contains("cannot be read", Fault(("MLFLOW_TRACKING_SERVER_CERT_PATH", folder["nowhere.pem"])));
        Assert.Contains("MLFLOW_TRACKING_CLIENT_CERT_PATH) cannot be read", Fault(("MLFLOW_TRACKING_CLIENT_CERT_PATH", empty)));
        Assert.Contains("contradict", Fault(("MLFLOW_TRACKING_SERVER_CERT_PATH", empty), ("MLFLOW_TRACKING_INSECURE_TLS", "true")));

        static string Fault(params (string Name, string Value)[] variables) =>
            Assert.Throws<TrackingException>(() => TrackingServer.Of("https://x", name => variables.FirstOrDefault(one => one.Name == name).Value)).Message;
    }

    private static string? NoVariables(string name) => null;

    private static Func<string, string?> Trusting(TempFolder folder, TlsServer server)
    {
        string file = folder.File("ca.pem", server.Pem);
        return name => name == "MLFLOW_TRACKING_SERVER_CERT_PATH" ? file : null;
    }

    private static string? Ask(TlsServer server, Func<string, string?> variables)
    {
        using var client = new MlflowClient(TrackingServer.Of(server.Address, variables), TimeProvider.System, SessionFixture.Hasty with { AttemptTimeout = TimeSpan.FromSeconds(20) });
        return client.GetExperiment("1")?.Name;
    }

    private static string Refused(TlsServer server, Func<string, string?> variables)
    {
        var error = Assert.Throws<TrackingException>(() => Ask(server, variables));
        Assert.Equal(TrackingFailure.Unavailable, error.Failure);
        return error.Message;
    }

    /// <summary>Answers every request over TLS with one experiment.</summary>
    private sealed class TlsServer : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 certificate;
        private readonly bool wantsClientCertificate;

        public TlsServer(string host, DateTimeOffset? from = null, DateTimeOffset? to = null, bool wantsClientCertificate = false)
        {
            this.wantsClientCertificate = wantsClientCertificate;
            certificate = Certificate(host, from ?? DateTimeOffset.UtcNow.AddDays(-1), to ?? DateTimeOffset.UtcNow.AddDays(1));
            listener.Start();
            _ = Task.Run(ServeAsync);
        }

        public string Address => $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";

        public string Pem => certificate.ExportCertificatePem();

        public string? ClientSubject { get; private set; }

        public static X509Certificate2 Certificate(string name, DateTimeOffset from, DateTimeOffset to)
        {
            using RSA key = RSA.Create(2048);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            if (name.Contains('.', StringComparison.Ordinal))
            {
                names.AddDnsName("www." + name);
                names.AddIpAddress(IPAddress.Parse("10.1.2.3"));
            }
            request.CertificateExtensions.Add(names.Build());
            using X509Certificate2 made = request.CreateSelfSigned(from, to);
            return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable);
        }

        public void Dispose()
        {
            listener.Dispose();
            certificate.Dispose();
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await listener.AcceptTcpClientAsync();
                }
                catch (Exception error) when (error is SocketException or ObjectDisposedException)
                {
                    return;
                }
                try
                {
                    using (client) await AnswerAsync(client);
                }
                catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException or SocketException)
                {
                    // the client did not like the certificate
                }
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = wantsClientCertificate,
                RemoteCertificateValidationCallback = (_, shown, _, _) => !wantsClientCertificate || (ClientSubject = shown?.Subject) is not null,
            });
            var buffer = new byte[8192];
            if (await stream.ReadAsync(buffer) == 0) return;
            const string body = """{"experiment":{"experiment_id":"1","name":"paper"}}""";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        }
    }
}
