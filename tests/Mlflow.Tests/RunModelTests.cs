using static HiEndMae.Mlflow.Tests.SessionFixture;

namespace HiEndMae.Mlflow.Tests;

/// <summary>What the environment says of experiment and run, links between runs, and parameters that changed.</summary>
public sealed class RunModelTests
{
    [Fact]
    public void A_changed_parameter_is_logged_under_another_name_and_tagged()
    {
        using var fixture = new SessionFixture();
        foreach (string rate in (string[])["0.1", "0.1", "0.2", "0.2", "0.1"])
        {
            using TrackingSession session = fixture.Open();
            session.StartRun("pretrain", "paper", "pretrain", null, NoTags).LogParams(new Dictionary<string, string> { ["lr"] = rate, ["depth"] = "12" });
        }
        ServerRun run = fixture.Run("pretrain");
        Assert.Equal([("changed-1/lr", "0.2"), ("changed-2/lr", "0.1"), ("depth", "12"), ("lr", "0.1")], run.Params.Select(entry => (entry.Key, entry.Value)).Order());
        Assert.Equal("lr: 0.2 -> 0.1 (changed-2/lr)", run.Tag("hiendmae.changed"));
        Assert.Empty(fixture.Notes);
        Assert.Equal(0, fixture.Status().NumRefused);
    }

    [Fact]
    public void A_run_created_by_another_program_is_used_and_ended()
    {
        using var fixture = new SessionFixture();
        using var client = new MlflowClient(TrackingServer.Of(fixture.Server.Address, _ => null), TimeProvider.System, Hasty);
        string given = client.CreateRun("0", "of a scheduler", DateTimeOffset.UnixEpoch).Info.RunId;
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun root = session.StartRun("experiment", new ExperimentChoice("paper", null), "ours", null, new Dictionary<string, string> { ["team"] = "x" }, given);
            session.StartRun("pretrain", "paper", "pretrain", root.Id, NoTags).Finish(RunStatus.Finished);
            root.LogMetric("loss", 1, 1);
            root.Finish(RunStatus.Finished);
        }
        ServerRun run = fixture.Mlflow.Runs[given];
        Assert.Equal(("of a scheduler", "x", "FINISHED"), (run.Name, run.Tag("team"), run.Status));
        Assert.Single(run.Metrics);
        Assert.Equal(given, fixture.Run("pretrain").Tag("mlflow.parentRunId"));
        Assert.Equal(2, fixture.Mlflow.Runs.Count);
    }

    [Fact]
    public void An_experiment_id_must_exist_and_match_the_name()
    {
        using var fixture = new SessionFixture();
        fixture.Mlflow.Experiments["77"] = "theirs";
        using (TrackingSession session = fixture.Open(linger: TimeSpan.Zero))
            session.StartRun("a", new ExperimentChoice("other", "77"), "a", null, NoTags);
        Assert.Contains("is 'theirs', not 'other' (MLFLOW_EXPERIMENT_NAME)", Assert.Throws<TrackingException>(() => fixture.Sync()).Message);
        fixture.Mlflow.Experiments["77"] = "other"; // values have waited
        fixture.Sync();
        Assert.Equal("77", fixture.Run("a").Experiment);
        using var second = new SessionFixture();
        using (TrackingSession session = second.Open(linger: TimeSpan.Zero)) session.StartRun("a", new ExperimentChoice(null, "99"), "a", null, NoTags);
        Assert.Contains("no active experiment 99 (MLFLOW_EXPERIMENT_ID)", Assert.Throws<TrackingException>(() => second.Sync()).Message);
    }

    [Fact]
    public void The_environment_names_the_experiment()
    {
        Assert.Equal(new ExperimentChoice("paper", null), ExperimentChoice.Of("paper", _ => null));
        Assert.Equal(new ExperimentChoice("theirs", null), ExperimentChoice.Of("paper", name => name == "MLFLOW_EXPERIMENT_NAME" ? "theirs" : null));
        Assert.Equal(new ExperimentChoice(null, "7"), ExperimentChoice.Of("paper", name => name == "MLFLOW_EXPERIMENT_ID" ? "7" : null));
        Assert.Equal(new ExperimentChoice("theirs", "7"), ExperimentChoice.Of("paper", name => name == "MLFLOW_EXPERIMENT_NAME" ? "theirs" : "7"));
    }

    [Fact]
    public void Links_have_the_store_s_ids_even_if_the_other_run_is_created_later()
    {
        using SessionFixture fixture = new(), other = new();
        string stage;
        using (TrackingSession session = other.Open("http://127.0.0.1:1", linger: TimeSpan.Zero))
        {
            TrackedRun run = session.StartRun("pretrain", "paper", "stage", null, NoTags);
            stage = run.Id;
            run.Finish(RunStatus.Finished);
        }
        Assert.Equal(stage, SpoolSync.RunsOf(other.RunFolder)["pretrain"]);
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun sweep = session.StartRun("sweep", "paper", "sweep", null, NoTags), combination = session.StartRun("one", "paper", "combination", sweep.Id, NoTags);
            combination.Link(new Dictionary<string, string> { ["pretrain"] = stage, ["sweep"] = sweep.Id });
            combination.Finish(RunStatus.Finished);
            Assert.True(session.Flush(TimeSpan.FromSeconds(60)));
            Assert.Equal(fixture.Run("sweep").Id, fixture.Run("combination").Tag("hiendmae.run.sweep"));
            Assert.Empty(fixture.Run("combination").Tag("hiendmae.run.pretrain"));
            other.Sync(fixture.Server.Address);
            sweep.Finish(RunStatus.Finished);
        }
        Assert.Equal(fixture.Run("stage").Id, fixture.Run("combination").Tag("hiendmae.run.pretrain"));
    }

    [Fact]
    public void Tags_of_the_experiment_reach_both_stores()
    {
        using var fixture = new SessionFixture();
        foreach (string address in (string[])[fixture.Server.Address, ""])
        {
            using TrackingSession session = fixture.Open(address);
            session.StartRun($"run {address}", "paper", "run", null, NoTags).SetExperimentTags(new Dictionary<string, string> { ["team"] = "x" });
        }
        fixture.Sync("");
        Assert.Equal("x", Assert.Single(fixture.Mlflow.ExperimentTags).Value);
        Assert.Equal(["team|x"], Query.Rows(fixture.Folder["mlflow.db"], "SELECT key, value FROM experiment_tags"));
    }
}
