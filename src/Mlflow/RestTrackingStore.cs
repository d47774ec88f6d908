using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Polly;
using Polly.Retry;

namespace HiEndMae.Mlflow;

/// <summary>Runs on a tracking server, by its REST API 2.0. Requests that fail for the moment are sent again.</summary>
public sealed class RestTrackingStore : ITrackingStore
{
    private const int MostMetrics = 1000, MostParams = 100, MostTags = 100;
    private readonly HttpClient client;
    private readonly ResiliencePipeline<HttpResponseMessage> retry;
    private readonly Dictionary<string, string> artifactRoots = [];
    private readonly Func<string, string?> getVariable;
    private readonly TimeProvider clock;

    /// <summary>Creates the client; nothing is sent yet.</summary>
    /// <param name="server">Address, without <c>/api</c>.</param>
    /// <param name="handler">Sends requests; disposed with the store.</param>
    /// <param name="getVariable">Reads MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; USER for the tag mlflow.user.</param>
    /// <param name="clock">Times of runs, and the waits between tries.</param>
    public RestTrackingStore(Uri server, HttpMessageHandler handler, Func<string, string?> getVariable, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(getVariable);
        this.getVariable = getVariable;
        this.clock = clock;
        // An address can hold a password: it is not shown.
        Description = server.GetLeftPart(UriPartial.Scheme) + server.Authority.Split('@')[^1] + server.AbsolutePath.TrimEnd('/');
        client = new HttpClient(handler) { BaseAddress = new Uri(Description + "/"), Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = Credentials(getVariable);
        retry = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 5,
                Delay = TimeSpan.FromSeconds(0.5),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is HttpRequestException or TaskCanceledException
                    || arguments.Outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests or >= HttpStatusCode.BadGateway and <= HttpStatusCode.GatewayTimeout }),
            })
            .Build();
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public string GetOrCreateExperiment(string name)
    {
        EntityRules.CheckExperimentName(name);
        return Find() ?? Create() ?? Find() ?? throw new TrackingException($"{Description} neither has nor makes the experiment '{name}'.");

        string? Find() => (string?)Send(HttpMethod.Get, $"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}", null, "RESOURCE_DOES_NOT_EXIST")?["experiment"]?["experiment_id"];

        // Another process may make it in between.
        string? Create() => (string?)Send(HttpMethod.Post, "experiments/create", new JsonObject { ["name"] = name }, "RESOURCE_ALREADY_EXISTS")?["experiment_id"];
    }

    /// <inheritdoc/>
    public string CreateRun(string experimentId, string name, string? parentRunId, IReadOnlyDictionary<string, string> tags)
    {
        Dictionary<string, string> all = RunTags.Of(name, parentRunId, tags, getVariable);
        JsonNode answer = Post("runs/create", new JsonObject
        {
            ["experiment_id"] = experimentId,
            ["run_name"] = name,
            ["user_id"] = all.GetValueOrDefault(RunTags.User, ""),
            ["start_time"] = Now(),
            ["tags"] = Pairs(EntityRules.Tags(all)),
        });
        JsonNode info = answer["run"]!["info"]!;
        string runId = (string)info["run_id"]!;
        artifactRoots[runId] = (string?)info["artifact_uri"] ?? "";
        return runId;
    }

    /// <inheritdoc/>
    public void LogParams(string runId, IReadOnlyDictionary<string, string> parameters)
    {
        foreach (KeyValuePair<string, string>[] part in EntityRules.Params(parameters).Chunk(MostParams))
            Post("runs/log-batch", new JsonObject { ["run_id"] = runId, ["params"] = Pairs(part) });
    }

    /// <inheritdoc/>
    public void LogMetrics(string runId, IReadOnlyList<MetricPoint> points)
    {
        EntityRules.CheckKeys(points);
        foreach (MetricPoint[] part in points.Chunk(MostMetrics))
        {
            Post("runs/log-batch", new JsonObject
            {
                ["run_id"] = runId,
                ["metrics"] = new JsonArray([.. part.Select(point => (JsonNode)new JsonObject
                {
                    ["key"] = point.Key,
                    ["value"] = double.IsFinite(point.Value) ? point.Value : NonFinite(point.Value),
                    ["timestamp"] = point.Time.ToUnixTimeMilliseconds(),
                    ["step"] = point.Step,
                })]),
            });
        }
    }

    /// <inheritdoc/>
    public void SetTags(string runId, IReadOnlyDictionary<string, string> tags)
    {
        foreach (KeyValuePair<string, string>[] part in EntityRules.Tags(tags).Chunk(MostTags))
            Post("runs/log-batch", new JsonObject { ["run_id"] = runId, ["tags"] = Pairs(part) });
    }

    /// <inheritdoc/>
    public void LogArtifact(string runId, string file, string folder)
    {
        const string Proxied = "mlflow-artifacts:/";
        if (!artifactRoots.TryGetValue(runId, out string? root)) artifactRoots[runId] = root = (string?)Get(runId)?["artifact_uri"] ?? "";
        if (!root.StartsWith(Proxied, StringComparison.Ordinal))
            throw new TrackingException($"{Description} keeps artifacts in '{root}', not behind itself; start it with --serve-artifacts.");
        string[] parts = [.. root[Proxied.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries), .. ArtifactPaths.Split(folder), Path.GetFileName(file)];
        string target = string.Join('/', parts.Select(Uri.EscapeDataString));
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"The artifact '{file}' cannot be read: {error.Message}", error);
        }
        SendContent(HttpMethod.Put, $"api/2.0/mlflow-artifacts/artifacts/{target}", () => new ByteArrayContent(bytes), null);
    }

    /// <inheritdoc/>
    public void Finish(string runId, RunStatus status) => Post("runs/update", new JsonObject
    {
        ["run_id"] = runId,
        ["status"] = EntityRules.Name(status),
        ["end_time"] = Now(),
    });

    /// <inheritdoc/>
    public bool Reopen(string runId)
    {
        if (Get(runId) is not { } info || (string?)info["lifecycle_stage"] == "deleted") return false;
        artifactRoots[runId] = (string?)info["artifact_uri"] ?? "";
        Post("runs/update", new JsonObject { ["run_id"] = runId, ["status"] = "RUNNING" });
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private JsonNode? Get(string runId) =>
        Send(HttpMethod.Get, $"runs/get?run_id={Uri.EscapeDataString(runId)}", null, "RESOURCE_DOES_NOT_EXIST")?["run"]?["info"];

    private JsonNode Post(string method, JsonObject body) => Send(HttpMethod.Post, method, body, null)!;

    private JsonNode? Send(HttpMethod verb, string method, JsonObject? body, string? allowedError) =>
        // Bytes, not a stream: a chunked JSON body is read as empty by the server.
        SendContent(verb, $"api/2.0/mlflow/{method}", body is null ? null : () => new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        }, allowedError);

    private JsonNode? SendContent(HttpMethod verb, string path, Func<HttpContent>? content, string? allowedError)
    {
        try
        {
            using HttpResponseMessage response = retry.Execute(cancel =>
            {
                using var request = new HttpRequestMessage(verb, path) { Content = content?.Invoke() };
                return client.Send(request, cancel);
            }, CancellationToken.None);
            using var reader = new StreamReader(response.Content.ReadAsStream(), Encoding.UTF8);
            JsonNode? answer = Parse(reader.ReadToEnd());
            if (response.IsSuccessStatusCode) return answer ?? new JsonObject();
            if (allowedError is not null && (string?)answer?["error_code"] == allowedError) return null;
            throw Refused(response.StatusCode, path, answer);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            throw new TrackingException($"The tracking server {Description} cannot be reached: {error.Message}", error);
        }
    }

    private TrackingException Refused(HttpStatusCode status, string path, JsonNode? answer) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            new($"The tracking server {Description} refuses access ({(int)status}); set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."),
        _ => new($"The tracking server {Description} answered {(int)status} to {path.Split('?')[0]}: {(string?)answer?["message"] ?? "no reason given"}"),
    };

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null; // an error page of something between us and the server
        }
    }

    private static AuthenticationHeaderValue? Credentials(Func<string, string?> getVariable)
    {
        if (getVariable("MLFLOW_TRACKING_TOKEN") is { Length: > 0 } token) return new AuthenticationHeaderValue("Bearer", token);
        if (getVariable("MLFLOW_TRACKING_USERNAME") is not { Length: > 0 } user) return null;
        string pair = $"{user}:{getVariable("MLFLOW_TRACKING_PASSWORD")}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
    }

    private static JsonNode NonFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static JsonArray Pairs(IEnumerable<KeyValuePair<string, string>> entries) =>
        new([.. entries.Select(entry => (JsonNode)new JsonObject { ["key"] = entry.Key, ["value"] = entry.Value })]);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
