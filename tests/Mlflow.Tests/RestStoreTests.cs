using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace HiEndMae.Mlflow.Tests;

/// <summary>The client against a stand-in that answers as the recorded servers do.</summary>
public sealed class RestStoreTests
{
    private static readonly Dictionary<string, string> NoTags = [];

    [Fact]
    public void A_missing_experiment_is_created()
    {
        var server = new StandIn(("GET experiments/get-by-name", 404, """{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Could not find experiment with name 'e'"}"""),
            ("POST experiments/create", 200, """{"experiment_id":"7"}"""));
        using RestTrackingStore store = server.Open();
        Assert.Equal("7", store.GetOrCreateExperiment("e"));
    }

    [Fact]
    public void A_run_is_created_with_parent_and_name_and_a_Content_Length()
    {
        var server = new StandIn(("POST runs/create", 200, """{"run":{"info":{"run_id":"r1","artifact_uri":"mlflow-artifacts:/1/r1/artifacts"}}}"""));
        using RestTrackingStore store = server.Open();
        Assert.Equal("r1", store.CreateRun("1", "child", "p0", NoTags));
        JsonNode body = JsonNode.Parse(server.Bodies[0])!;
        Assert.Equal("child", (string?)body["run_name"]);
        Assert.Contains(body["tags"]!.AsArray(), tag => (string?)tag!["key"] == "mlflow.parentRunId" && (string?)tag["value"] == "p0");
        Assert.True(server.Lengths[0] > 0);
    }

    [Fact]
    public void Metrics_are_sent_a_hundred_at_a_time_and_NaN_as_text()
    {
        var server = new StandIn(("POST runs/log-batch", 200, "{}"));
        using RestTrackingStore store = server.Open();
        store.LogMetrics("r", [.. Enumerable.Range(0, 201).Select(step => new MetricPoint("loss", step == 0 ? double.NaN : step, step, DateTimeOffset.UnixEpoch))]);
        Assert.Equal([100, 100, 1], server.Bodies.Select(body => JsonNode.Parse(body)!["metrics"]!.AsArray().Count));
        Assert.Equal("NaN", (string?)JsonNode.Parse(server.Bodies[0])!["metrics"]![0]!["value"]);
    }

    [Fact]
    public void Requests_to_a_busy_server_are_repeated()
    {
        var server = new StandIn(("POST runs/update", 503, ""), ("POST runs/update", 200, "{}"));
        using RestTrackingStore store = server.Open();
        store.Finish("r", RunStatus.Failed);
        Assert.Equal(2, server.Bodies.Count);
        Assert.Equal("FAILED", (string?)JsonNode.Parse(server.Bodies[1])!["status"]);
    }

    [Fact]
    public void Refused_access_names_the_variables_and_never_the_password()
    {
        var server = new StandIn(("POST runs/update", 401, ""));
        using RestTrackingStore store = server.Open(("MLFLOW_TRACKING_USERNAME", "ann"), ("MLFLOW_TRACKING_PASSWORD", "s3cret"));
        TrackingException error = Assert.Throws<TrackingException>(() => store.Finish("r", RunStatus.Finished));
        Assert.Contains("MLFLOW_TRACKING_USERNAME", error.Message);
        Assert.DoesNotContain("s3cret", error.Message);
        Assert.Equal("Basic " + Convert.ToBase64String("ann:s3cret"u8), server.Authorizations[0]);
    }

    [Fact]
    public void An_artifact_is_uploaded_with_its_name_escaped()
    {
        var server = new StandIn(("POST runs/create", 200, """{"run":{"info":{"run_id":"r1","artifact_uri":"mlflow-artifacts:/1/r1/artifacts"}}}"""), ("PUT artifacts", 200, "{}"));
        using RestTrackingStore store = server.Open();
        string file = Path.Combine(Directory.CreateTempSubdirectory("hiendmae-rest-").FullName, "a b.txt");
        File.WriteAllText(file, "content");
        store.LogArtifact(store.CreateRun("1", "n", null, NoTags), file, "figures");
        Assert.EndsWith("/api/2.0/mlflow-artifacts/artifacts/1/r1/artifacts/figures/a%20b.txt", server.Paths[1]);
        Assert.Equal("content", server.Bodies[1]);
    }

    [Fact]
    public void A_run_that_the_server_does_not_know_is_not_reopened()
    {
        var server = new StandIn(("GET runs/get", 404, """{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run with id=x not found"}"""));
        using RestTrackingStore store = server.Open();
        Assert.False(store.Reopen("x"));
    }

    private sealed class StandIn(params (string Request, int Status, string Answer)[] answers) : HttpMessageHandler
    {
        private int next;

        public List<string> Bodies { get; } = [];

        public List<string> Paths { get; } = [];

        public List<long> Lengths { get; } = [];

        public List<string?> Authorizations { get; } = [];

        public RestTrackingStore Open(params (string Name, string Value)[] variables) => new(
            TrackingServer.Of("http://tracking.example:5000", Read(variables)), this, Read(variables), TimeProvider.System);

        private static Func<string, string?> Read((string Name, string Value)[] variables) => name => variables.FirstOrDefault(variable => variable.Name == name).Value;

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // The last answer is given again and again.
            (string expected, int status, string answer) = answers[Math.Min(next++, answers.Length - 1)];
            string path = request.RequestUri!.AbsoluteUri;
            string[] words = expected.Split(' ');
            Assert.Equal(words[0], request.Method.Method);
            Assert.Contains(words[1], path);
            Paths.Add(path);
            Lengths.Add(request.Content?.Headers.ContentLength ?? -1);
            Authorizations.Add(request.Headers.Authorization?.ToString());
            using var body = new StreamReader(request.Content?.ReadAsStream(cancellationToken) ?? Stream.Null);
            Bodies.Add(body.ReadToEnd());
            return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }
}
