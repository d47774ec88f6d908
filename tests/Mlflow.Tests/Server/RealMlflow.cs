using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace HiEndMae.Mlflow.Tests;

/// <summary>A server of the Python MLflow that HIENDMAE_MLFLOW names: the path of a Python interpreter that has it. What it stored is read from its own database.</summary>
internal sealed class RealMlflow : IBackend, IDisposable
{
    private const string Variable = "HIENDMAE_MLFLOW";
    private readonly TempFolder folder = new();
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly int port;
    private Process? process;

    public RealMlflow()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        Start();
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    public static void Require() => Assert.SkipWhen(
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) || OperatingSystem.IsWindows(), $"Set {Variable} to a Python interpreter that has mlflow, such as /opt/venv/bin/python.");

    /// <summary>Starts the server and waits until it answers.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo("setsid", [Environment.GetEnvironmentVariable(Variable)!, "-m", "mlflow", "server",
            "--backend-store-uri", $"sqlite:///{folder["server.db"]}", "--artifacts-destination", folder["artifacts"], "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--workers", "1"])
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path };
        start.Environment["MLFLOW_DISABLE_TELEMETRY"] = "true";
        process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var said = new System.Text.StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (said) said.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        long began = Stopwatch.GetTimestamp();
        while (!Answers())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(3)) Assert.Fail($"The MLflow server does not start: {said}");
            Thread.Sleep(200);
        }
    }

    /// <summary>Kills the server with its workers.</summary>
    public void Kill()
    {
        using Process kill = Process.Start("kill", ["-KILL", "--", string.Create(CultureInfo.InvariantCulture, $"-{process!.Id}")]);
        kill.WaitForExit();
        process.WaitForExit();
        process.Dispose();
    }

    public (int Status, string Body) Handle(string method, string path, string query, byte[] body, bool isChunked, string? contentType)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Address + path + (query.Length > 0 ? "?" + query : ""));
        if (method != "GET")
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }
        try
        {
            using HttpResponseMessage answer = client.Send(request);
            using var reader = new StreamReader(answer.Content.ReadAsStream());
            return ((int)answer.StatusCode, reader.ReadToEnd());
        }
        catch (HttpRequestException error)
        {
            throw new IOException(error.Message, error); // as a proxy whose server has gone: the connection ends
        }
    }

    public IReadOnlyList<ServerRun> ActiveRuns()
    {
        var runs = new List<ServerRun>();
        foreach (string[] row in Rows("SELECT run_uuid, experiment_id, name, status, start_time, coalesce(end_time, -1), artifact_uri FROM runs WHERE lifecycle_stage = 'active'"))
        {
            var run = new ServerRun { Id = row[0], Experiment = row[1], Name = row[2], Status = row[3], StartTime = Number(row[4]), EndTime = row[5] == "-1" ? null : Number(row[5]) };
            foreach (string[] one in Rows($"SELECT key, value FROM params WHERE run_uuid = '{run.Id}'")) run.Params.Add(one[0], one[1]);
            foreach (string[] one in Rows($"SELECT key, value FROM tags WHERE run_uuid = '{run.Id}'")) run.Tags.Add(one[0], one[1]);
            foreach (string[] one in Rows($"SELECT key, timestamp, step, value, is_nan FROM metrics WHERE run_uuid = '{run.Id}'"))
                Assert.True(run.Metrics.Add(new StoredPoint(one[0], Number(one[1]), Number(one[2]), double.Parse(one[3], CultureInfo.InvariantCulture), one[4] != "0")));
            foreach (string[] one in Rows($"SELECT d.name, d.digest, d.dataset_uuid FROM datasets d JOIN inputs i ON i.source_id = d.dataset_uuid WHERE i.destination_id = '{run.Id}'")) run.Inputs.Add($"{one[0]} {one[1]}", one[2]);
            runs.Add(run);
        }
        return runs;
    }

    public IReadOnlyDictionary<string, string> ArtifactsOf(ServerRun run)
    {
        string root = Path.Combine(folder["artifacts"], run.Experiment, run.Id, "artifacts");
        return Directory.Exists(root)
            ? Directory.GetFiles(root, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(root, path), File.ReadAllText)
            : new Dictionary<string, string>();
    }

    public void Dispose()
    {
        Kill();
        client.Dispose();
        folder.Dispose();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private IEnumerable<string[]> Rows(string sql) => Query.Rows(folder["server.db"], sql).Select(row => row.Split('|'));

    private bool Answers()
    {
        try
        {
            using HttpResponseMessage answer = client.Send(new HttpRequestMessage(HttpMethod.Get, Address + "/health"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
