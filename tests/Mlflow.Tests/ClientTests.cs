namespace HiEndMae.Mlflow.Tests;

/// <summary>Every call of the typed client against a server that answers as the recorded ones do.</summary>
public sealed class ClientTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1795484772000);

    [Theory]
    [InlineData(ServerVersion.V2_17)]
    [InlineData(ServerVersion.V3_6)]
    [InlineData(ServerVersion.V3_11)]
    public void Experiments_runs_values_search_and_history_work(ServerVersion version)
    {
        using var server = new StandInServer(new StandInMlflow(version) { PageSize = 2 });
        using MlflowClient client = Open(server);
        Assert.Null(client.FindExperiment("paper"));
        string experiment = client.CreateExperiment("paper");
        Assert.Equal(experiment, client.FindExperiment("paper")!.ExperimentId);
        Assert.Equal("paper", client.GetExperiment(experiment)!.Name);
        Assert.Contains(client.SearchExperiments().Items, one => one.Name == "paper");
        client.SetExperimentTag(experiment, "team", "x");
        Assert.Equal("RESOURCE_ALREADY_EXISTS", Assert.Throws<TrackingException>(() => client.CreateExperiment("paper")).ErrorCode);

        Run parent = client.CreateRun(experiment, "parent", Now), child = client.CreateRun(experiment, "child", Now, [new Entry("mlflow.parentRunId", parent.Info.RunId)]);
        client.LogBatch(child.Info.RunId, [new("loss", 0.5, 1, 0), new("loss", double.NaN, 1, 1), new("loss", double.PositiveInfinity, 1, 2)], [new("lr", "0.1"), new("empty", "")], [new("state", "one")]);
        Run found = Assert.Single(client.SearchRuns([experiment], $"tags.`mlflow.parentRunId` = '{parent.Info.RunId}'").Items);
        Assert.Equal("child", found.Info.RunName);
        Assert.Contains(new Entry("empty", ""), found.Data!.Params!);
        // Pages of 3.11, everything at once in 2.17; infinities come back as the largest numbers.
        Assert.Equal([0.5, double.NaN, double.MaxValue], client.GetMetricHistory(child.Info.RunId, "loss").Select(point => point.Value));
        Assert.Empty(client.GetMetricHistory(child.Info.RunId, "nosuch"));
        client.DeleteTag(child.Info.RunId, "state");
        Assert.Equal(TrackingFailure.Missing, Assert.Throws<TrackingException>(() => client.DeleteTag(child.Info.RunId, "state")).Failure);
        client.LogInputs(child.Info.RunId, [new(new DatasetDescription("kits", "d1e5f0", "local", "{}"), [new("mlflow.data.context", "training")])]);
        Assert.Equal("mlflow.data.context=training", server.Mlflow.Runs[child.Info.RunId].Inputs["kits d1e5f0"]);

        Assert.Equal("FINISHED", client.UpdateRun(child.Info.RunId, "FINISHED", Now).Status);
        client.DeleteRun(child.Info.RunId);
        Assert.Equal("deleted", client.GetRun(child.Info.RunId)!.Info.LifecycleStage);
        Assert.Equal(TrackingFailure.Refused, Assert.Throws<TrackingException>(() => client.LogBatch(child.Info.RunId, [new("a", 1, 1)], [], [])).Failure);
        client.RestoreRun(child.Info.RunId);
        Assert.Null(client.GetRun("nosuchrun"));
    }

    [Fact]
    public void Artifacts_go_through_the_server_and_come_back()
    {
        using var server = new StandInServer();
        using var folder = new TempFolder();
        using MlflowClient client = Open(server);
        Run run = client.CreateRun("0", "a", Now);
        client.UploadArtifact(run.Info.ArtifactUri!, folder.File("a b#1.txt", "ä"), "figures/deep");
        client.UploadArtifact(run.Info.ArtifactUri!, folder.File("empty.txt", ""));
        Assert.Equal("ä"u8.ToArray(), client.DownloadArtifact(run.Info.ArtifactUri!, "figures/deep/a b_1.txt"));
        Assert.Equal([new("empty.txt", false), new("figures", true)], client.ListArtifacts(run.Info.RunId));
        Assert.Equal([new("figures/deep/a b_1.txt", false, 2)], client.ListArtifacts(run.Info.RunId, "figures/deep"));
    }

    [Fact]
    public void Artifacts_go_to_a_folder_that_the_server_names_and_nowhere_else()
    {
        using var folder = new TempFolder();
        using var server = new StandInServer(new StandInMlflow { ArtifactRoot = folder["shared/ID"] });
        using MlflowClient client = Open(server);
        Run run = client.CreateRun("0", "a", Now);
        client.UploadArtifact(run.Info.ArtifactUri!, folder.File("a.txt", "x"), "f");
        Assert.Equal("x", File.ReadAllText(Path.Combine(folder["shared"], run.Info.RunId, "f", "a.txt")));
        Assert.Equal("x"u8.ToArray(), client.DownloadArtifact(run.Info.ArtifactUri!, "f/a.txt"));
        Assert.Contains("--serve-artifacts", Assert.Throws<TrackingException>(() => client.UploadArtifact("s3://bucket/1", folder["a.txt"])).Message);
        Assert.Throws<TrackingException>(() => client.UploadArtifact(run.Info.ArtifactUri!, folder["a.txt"], "../out"));
    }

    [Theory]
    [InlineData(ServerVersion.V2_17)]
    [InlineData(ServerVersion.V3_6)]
    [InlineData(ServerVersion.V3_11)]
    public void Batches_keep_every_limit_and_can_be_sent_again(ServerVersion version)
    {
        using var server = new StandInServer(new StandInMlflow(version));
        using MlflowClient client = Open(server);
        string run = client.CreateRun("0", "a", Now).Info.RunId;
        MetricValue[] metrics = [.. Enumerable.Range(0, 2345).Select(i => new MetricValue($"m{i % 250}", i, 1, i))];
        Entry[] parameters = [.. Enumerable.Range(0, 230).Select(i => new Entry($"p{i}", "v"))], tags = [.. Enumerable.Range(0, 301).Select(i => new Entry($"t{i}", "v"))];
        for (int time = 0; time < 2; time++) client.LogBatch(run, metrics, parameters, tags);
        Assert.Equal(2345, server.Mlflow.Runs[run].Metrics.Count);
        Assert.Equal(230, server.Mlflow.Runs[run].Params.Count);
        Assert.Equal(302, server.Mlflow.Runs[run].Tags.Count);
        Assert.All(Batches.Of(run, metrics, parameters, tags), batch =>
        {
            Assert.InRange((batch.Metrics?.Count ?? 0) + (batch.Params?.Count ?? 0) + (batch.Tags?.Count ?? 0), 1, 1000);
            Assert.InRange(batch.Metrics?.Count ?? 0, 0, 100);
        });
    }

    [Theory]
    [InlineData(Fault.TooMany)]
    [InlineData(Fault.TooManyWithRetryAfter)]
    [InlineData(Fault.InternalError)]
    [InlineData(Fault.Unavailable)]
    [InlineData(Fault.DropBefore)]
    [InlineData(Fault.DropAfter)]
    [InlineData(Fault.StallBefore)]
    [InlineData(Fault.StallAfter)]
    [InlineData(Fault.GarbageAfter)]
    public void Requests_that_fail_temporarily_are_repeated(object fault)
    {
        using var server = new StandInServer();
        using MlflowClient client = Open(server);
        string run = client.CreateRun("0", "a", Now).Info.RunId;
        server.Plan([(Fault)fault]);
        client.LogBatch(run, [new("m", 1, 1)], [], []);
        Assert.Equal(["POST runs/create", "POST runs/log-batch", "POST runs/log-batch"], server.Requests);
        Assert.Single(server.Mlflow.Runs[run].Metrics);
    }

    [Theory]
    [InlineData(Fault.DropAfter)]
    [InlineData(Fault.StallAfter)]
    [InlineData(Fault.InternalError)]
    public void The_client_never_creates_a_run_twice(object fault)
    {
        using var server = new StandInServer();
        using MlflowClient client = Open(server);
        server.Plan([(Fault)fault]);
        Assert.Equal(TrackingFailure.Unavailable, Assert.Throws<TrackingException>(() => client.CreateRun("0", "a", Now)).Failure);
        Assert.Equal(["POST runs/create"], server.Requests);
        server.Plan([Fault.TooManyWithRetryAfter]); // said to be not done: this may be sent again
        client.CreateRun("0", "b", Now);
        Assert.Single(server.Mlflow.Runs.Values, run => run.Name == "b");
    }

    [Fact]
    public void A_response_that_is_not_from_MLflow_is_not_a_success()
    {
        using var server = new StandInServer();
        using MlflowClient client = Open(server);
        string run = client.CreateRun("0", "a", Now).Info.RunId;
        server.Plan([Fault.GarbageBefore, Fault.GarbageBefore, Fault.GarbageBefore]);
        var error = Assert.Throws<TrackingException>(() => client.LogBatch(run, [new("m", 1, 1)], [], []));
        Assert.Equal(TrackingFailure.Unavailable, error.Failure);
        Assert.Contains("does not come from MLflow", error.Message);
    }

    [Fact]
    public void Refusals_quote_the_server_and_are_not_repeated()
    {
        using var server = new StandInServer();
        using MlflowClient client = Open(server);
        string run = client.CreateRun("0", "a", Now).Info.RunId;
        client.LogBatch(run, [], [new("lr", "1")], []);
        var error = Assert.Throws<TrackingException>(() => client.LogBatch(run, [], [new("lr", "2")], []));
        Assert.Equal((TrackingFailure.Refused, "INVALID_PARAMETER_VALUE", 400), (error.Failure, error.ErrorCode, error.StatusCode));
        Assert.Contains("Changing param values is not allowed", error.Message);
        Assert.Equal(3, server.Requests.Count);
        Assert.Contains("cannot be reached", Assert.Throws<TrackingException>(() => Open("http://127.0.0.1:9").GetRun("x")).Message);
    }

    [Fact]
    public void Credentials_come_from_the_environment_or_the_address_and_are_never_shown()
    {
        using var server = new StandInServer();
        string withUser = server.Address.Replace("http://", "http://ann:s3cret%21@", StringComparison.Ordinal);
        TrackingServer[] servers =
        [
            TrackingServer.Of(withUser, _ => null),
            TrackingServer.Of(withUser, name => name == "MLFLOW_TRACKING_TOKEN" ? "tok3n" : null),
            TrackingServer.Of(server.Address, name => name switch { "MLFLOW_TRACKING_USERNAME" => "eve", "MLFLOW_TRACKING_PASSWORD" => "pa55", "MLFLOW_TRACKING_TOKEN" => "tok3n", _ => null }),
        ];
        foreach (TrackingServer one in servers)
        {
            Assert.Equal(server.Address, one.ToString());
            using var client = new MlflowClient(one, TimeProvider.System, SessionFixture.Hasty);
            server.Plan([Fault.Unauthorized]);
            var error = Assert.Throws<TrackingException>(() => client.GetRun("x"));
            Assert.Equal(TrackingFailure.Unavailable, error.Failure);
            Assert.Contains("MLFLOW_TRACKING_TOKEN", error.Message);
            Assert.All(["s3cret", "tok3n", "pa55"], secret => Assert.DoesNotContain(secret, error.ToString()));
        }
        Assert.Equal(["Basic " + Convert.ToBase64String("ann:s3cret!"u8), "Bearer tok3n", "Basic " + Convert.ToBase64String("eve:pa55"u8)], server.Authorizations);
        Assert.True(TrackingServer.Of("https://x", name => name == "MLFLOW_TRACKING_INSECURE_TLS" ? "true" : null).TrustsAnyCertificate);
        Assert.False(TrackingServer.Of("https://x", _ => null).TrustsAnyCertificate);
    }

    [Theory]
    [InlineData("ann", "the user has no permission for ")]
    [InlineData(null, "set MLFLOW_TRACKING_USERNAME")]
    public void A_refused_permission_is_quoted(string? user, string remedy)
    {
        using var server = new StandInServer();
        TrackingServer known = TrackingServer.Of(server.Address, name => name is "MLFLOW_TRACKING_USERNAME" or "MLFLOW_TRACKING_PASSWORD" ? user : null);
        using var client = new MlflowClient(known, TimeProvider.System, SessionFixture.Hasty);
        server.Plan([Fault.Forbidden]);
        string message = Assert.Throws<TrackingException>(() => client.CreateRun("0", "a", Now)).Message;
        Assert.Contains($"refuses access (403: Permission denied); {remedy}", message);
    }

    private static MlflowClient Open(StandInServer server, MlflowClientOptions? options = null) => new(TrackingServer.Of(server.Address, _ => null), TimeProvider.System, options ?? SessionFixture.Hasty);

    private static MlflowClient Open(string address) => new(TrackingServer.Of(address, _ => null), TimeProvider.System, SessionFixture.Hasty);
}
