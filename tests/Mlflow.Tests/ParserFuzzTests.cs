using System.Net;
using System.Text;
using HiEndMae.Tests;

namespace HiEndMae.Mlflow.Tests;

/// <summary>Damaged spools, cursors, answers of servers, addresses and credentials: what is whole is read, and nothing else is thrown than this library's own exception.</summary>
public sealed class ParserFuzzTests
{
    [Fact]
    public void Spools()
    {
        using var fixture = new SessionFixture();
        fixture.Server.Stop();
        using (TrackingSession session = fixture.Open(linger: TimeSpan.Zero))
        {
            TrackedRun run = session.StartRun("run", "paper", "run", null, SessionFixture.NoTags);
            for (int step = 0; step < 5; step++) run.LogMetrics([new MetricPoint("loss", step, step, fixture.Clock.GetUtcNow())]);
            run.Finish(RunStatus.Finished);
        }
        byte[] good = File.ReadAllBytes(fixture.Spool);
        int whole = new SpoolReader(fixture.Spool).Read(0).Count(), seen = 0;
        Fuzz.Run(good, bytes =>
        {
            File.WriteAllBytes(fixture.Spool, bytes);
            int count = new SpoolReader(fixture.Spool).Read(0).Count();
            // Six changes touch six lines at most; a change may double lines, too.
            Assert.InRange(count, 0, whole + 6);
            seen += count;
            SpoolHistory.Read(fixture.Spool);
        }, static _ => false);
        Assert.True(seen > whole * Fuzz.Rounds / 3);
        File.WriteAllBytes(fixture.Spool, good);
    }

    [Fact]
    public void Cursors()
    {
        using var folder = new TempFolder();
        var cursor = new SpoolCursor(folder["cursor.json"], "here");
        cursor.Save(new CursorState { Target = "here" });
        byte[] good = File.ReadAllBytes(folder["cursor.json"]);
        Fuzz.Run(good, bytes =>
        {
            File.WriteAllBytes(folder["cursor.json"], bytes);
            Assert.Equal("here", cursor.Load().Target);
            Assert.True(cursor.Load().Offset >= 0);
        }, static _ => false);
    }

    [Fact]
    public void Answers_of_a_server()
    {
        byte[] good = Encoding.UTF8.GetBytes("""{"run": {"info": {"run_id": "a1", "experiment_id": "0", "status": "RUNNING", "start_time": 5, "lifecycle_stage": "active", "artifact_uri": "mlflow-artifacts:/0/a1/artifacts"}, "data": {"metrics": [{"key": "loss", "value": 0.5, "timestamp": 5, "step": 1}], "params": [{"key": "p", "value": "1"}], "tags": [{"key": "t", "value": "v"}]}, "inputs": {}}}""");
        var handler = new Answering();
        using var client = new MlflowClient(TrackingServer.Of("http://127.0.0.1:9", static _ => null), handler, TimeProvider.System, new MlflowClientOptions { MaxRetries = 0 });
        int read = Fuzz.Run(good, bytes =>
        {
            handler.Body = bytes;
            client.GetRun("a1");
        }, static error => error is TrackingException);
        Assert.InRange(read, 1, Fuzz.Rounds);
    }

    [Fact]
    public void Addresses_and_credentials()
    {
        using var folder = new TempFolder();
        foreach (string address in (string[])["models:/organs@champion", "runs:/a1b2/model/data", "models:/organs/12"])
            Fuzz.Run(Encoding.UTF8.GetBytes(address), static bytes => ArtifactUri.Parse(Encoding.UTF8.GetString(bytes)), static error => error is TrackingException);
        foreach (string address in (string[])["https://me:secret@mlflow.example.org:5000/base", "sqlite:///runs/mlflow.db"])
            Fuzz.Run(Encoding.UTF8.GetBytes(address), bytes => TrackingTarget.Parse(Encoding.UTF8.GetString(bytes), folder.Path, static _ => null), static error => error is TrackingException);
        Directory.CreateDirectory(folder[".mlflow"]);
        Fuzz.Run("[mlflow]\nmlflow_tracking_username = me\nmlflow_tracking_password = secret\n"u8.ToArray(), bytes =>
        {
            File.WriteAllBytes(folder[".mlflow/credentials"], bytes);
            CredentialsFile.Read(name => name == "HOME" ? folder.Path : null);
        }, static error => error is TrackingException);
    }

    private sealed class Answering : HttpMessageHandler
    {
        public byte[] Body { get; set; } = [];

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new(HttpStatusCode.OK) { Content = new ByteArrayContent(Body) { Headers = { ContentType = new("application/json") } } };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Send(request, cancellationToken));
    }
}
