using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HiEndMae.Mlflow.Tests;

/// <summary>A small HTTP server on loopback in front of a <see cref="StandInMlflow"/> or a real server, with a plan of what goes wrong. It can stop and start again on its port.</summary>
internal sealed class StandInServer : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<TcpClient> open = [];
    private readonly Queue<Fault> faults = [];
    private readonly List<Action> late = [];
    private TcpListener? listener;
    private int port;

    public StandInServer(IBackend? backend = null)
    {
        Backend = backend ?? new StandInMlflow();
        Start();
    }

    /// <summary>What answers.</summary>
    public IBackend Backend { get; }

    /// <summary>What answers, where it is a stand-in.</summary>
    public StandInMlflow Mlflow => (StandInMlflow)Backend;

    public string Address => $"http://127.0.0.1:{port}";

    /// <summary>Lines such as "POST runs/create", in the order they came.</summary>
    public List<string> Requests { get; } = [];

    public List<string> Authorizations { get; } = [];

    /// <summary>Requests whose path ends so are always answered with 503.</summary>
    public string? Broken { get; set; }

    /// <summary>The time before each answer.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The next requests fare so, one each; then all is well.</summary>
    public void Plan(IEnumerable<Fault> plan)
    {
        lock (gate)
        {
            foreach (Fault fault in plan) faults.Enqueue(fault);
        }
    }

    public int NumPlanned
    {
        get
        {
            lock (gate) return faults.Count;
        }
    }

    public void Heal()
    {
        lock (gate) faults.Clear();
    }

    public void Start()
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        TcpListener mine = listener;
        _ = Task.Run(() => AcceptAsync(mine));
    }

    public void Stop()
    {
        listener?.Stop();
        lock (gate)
        {
            foreach (TcpClient client in open) client.Close();
            open.Clear();
        }
    }

    public void Dispose() => Stop();

    private async Task AcceptAsync(TcpListener from)
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await from.AcceptTcpClientAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            client.NoDelay = true;
            lock (gate) open.Add(client);
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            NetworkStream stream = client.GetStream();
            while (await ReadAsync(stream) is { } request)
            {
                if (!await AnswerAsync(stream, request)) break;
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException)
        {
            // the client has gone, or the server was stopped
        }
        finally
        {
            lock (gate) open.Remove(client);
            client.Dispose();
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, Request request)
    {
        Fault fault;
        (int Status, string Body) answer = (200, "{}");
        if (Delay > TimeSpan.Zero) await Task.Delay(Delay);
        lock (gate)
        {
            if (!faults.TryDequeue(out fault)) fault = Fault.None;
            if (Broken is { } broken && request.Path.EndsWith(broken, StringComparison.Ordinal)) fault = Fault.Unavailable;
            Requests.Add($"{request.Method} {request.Path.Replace("/api/2.0/mlflow/", "", StringComparison.Ordinal)}");
            Authorizations.Add(request.Headers.GetValueOrDefault("authorization", ""));
            if (fault is Fault.None or Fault.DropAfter or Fault.StallAfter or Fault.GarbageAfter) answer = Handle();
            // What was held back happens after the next request.
            foreach (Action action in late) action();
            late.Clear();
            if (fault == Fault.Late) late.Add(() => Handle());

            (int, string) Handle()
            {
                // A test that looks while values still come takes this lock, too.
                lock (Backend)
                    return Backend.Handle(request.Method, request.Path, request.Query, request.Body, request.Headers.GetValueOrDefault("transfer-encoding") == "chunked", request.Headers.GetValueOrDefault("content-type"));
            }
        }
        switch (fault)
        {
            case Fault.DropBefore or Fault.DropAfter or Fault.Late:
                return false;
            case Fault.StallBefore or Fault.StallAfter:
                await Task.Delay(TimeSpan.FromSeconds(3));
                return false;
            case Fault.TooMany:
                return await WriteAsync(stream, 429, "", "");
            case Fault.TooManyWithRetryAfter:
                return await WriteAsync(stream, 429, "", "Retry-After: 0\r\n");
            case Fault.InternalError:
                return await WriteAsync(stream, 500, "<!doctype html>\n<title>500 Internal Server Error</title>", "");
            case Fault.Unavailable:
                return await WriteAsync(stream, 503, "upstream", "");
            case Fault.GarbageBefore:
                return await WriteAsync(stream, 200, "<html><body>Please log in to the network</body></html>", "", "text/html");
            case Fault.GarbageAfter:
                return await WriteAsync(stream, 200, answer.Body[..(answer.Body.Length / 2)], "");
            case Fault.Forbidden:
                return await WriteAsync(stream, 403, "Permission denied", "", "text/html");
            case Fault.Unauthorized:
                return await WriteAsync(stream, 401, "You are not authenticated.", "WWW-Authenticate: Basic realm=\"mlflow\"\r\n", "text/html");
            default:
                return await WriteAsync(stream, answer.Status, answer.Body, "", answer.Body.StartsWith('<') ? "text/html" : "application/json");
        }
    }

    private static async Task<bool> WriteAsync(NetworkStream stream, int status, string body, string headers, string type = "application/json")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        string head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\n{headers}\r\n");
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. bytes]);
        return true;
    }

    private static async Task<Request?> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || head[^1] != '\n' || head[^3] != '\n')
        {
            if (await stream.ReadAsync(one) == 0) return null;
            head.Add(one[0]);
        }
        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1]);
        byte[] body = [];
        if (headers.TryGetValue("content-length", out string? length))
        {
            body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body);
        }
        string[] parts = first[1].Split('?', 2);
        return new Request(first[0], parts[0], parts.Length > 1 ? parts[1] : "", headers, body);
    }

    private sealed record Request(string Method, string Path, string Query, Dictionary<string, string> Headers, byte[] Body);
}
