using static HiEndMae.Mlflow.Tests.SessionFixture;

namespace HiEndMae.Mlflow.Tests;

/// <summary>Runs and experiments that the environment names by the store's ids.</summary>
public sealed class GivenIdTests
{
    [Theory]
    [InlineData("MLFLOW_EXPERIMENT_ID", "1")]
    [InlineData("MLFLOW_EXPERIMENT_NAME", "right")]
    public void A_wrong_experiment_is_corrected_by_a_sync_with_the_right_variable(string variable, string value)
    {
        using var fixture = new SessionFixture();
        fixture.Mlflow.Experiments["1"] = "right";
        fixture.Variables["MLFLOW_EXPERIMENT_ID"] = "9999";
        Write(fixture);
        string note = fixture.Notes.First();
        Assert.Contains("has no active experiment 9999 (MLFLOW_EXPERIMENT_ID); set MLFLOW_EXPERIMENT_ID or MLFLOW_EXPERIMENT_NAME to the right experiment", note);
        Assert.Contains("Values stay in the run directory until then.", note);
        Assert.Single(note.Split("stay in the run directory").Skip(1));

        fixture.Variables.Clear();
        Assert.Contains($"hiendmae track sync {fixture.RunFolder}", Assert.Throws<TrackingException>(() => fixture.Sync()).Message);
        fixture.Variables["MLFLOW_EXPERIMENT_ID"] = "8888";
        Assert.Contains("no active experiment 8888", Assert.Throws<TrackingException>(() => fixture.Sync()).Message);

        fixture.Variables.Clear();
        fixture.Variables[variable] = value;
        fixture.Sync();
        Assert.Equal(("1", "1"), (fixture.Run("run").Experiment, fixture.Run("stage").Experiment));
        Assert.Equal((0, 0), (fixture.Status().NumWaiting, fixture.Status().NumRefused));
    }

    [Fact]
    public void Contradictory_variables_are_corrected_by_a_sync_with_one_of_them()
    {
        using var fixture = new SessionFixture();
        fixture.Mlflow.Experiments["1"] = "one";
        fixture.Variables["MLFLOW_EXPERIMENT_ID"] = "1";
        fixture.Variables["MLFLOW_EXPERIMENT_NAME"] = "two";
        Write(fixture);
        Assert.Contains("is 'one', not 'two'", fixture.Notes.First());
        fixture.Variables.Remove("MLFLOW_EXPERIMENT_ID");
        fixture.Sync();
        Assert.Equal("two", fixture.Mlflow.Experiments[fixture.Run("run").Experiment]);
    }

    [Fact]
    public void A_wrong_run_is_replaced_by_the_right_one_or_by_a_new_one()
    {
        using var fixture = new SessionFixture();
        fixture.Variables["MLFLOW_RUN_ID"] = "wrong";
        Write(fixture);
        Assert.Contains("has no active run wrong (MLFLOW_RUN_ID); set MLFLOW_RUN_ID to an active run", fixture.Notes.First());
        fixture.Variables.Clear();
        Assert.Contains("has no active run wrong", Assert.Throws<TrackingException>(() => fixture.Sync()).Message);

        fixture.Variables["MLFLOW_RUN_ID"] = Create(fixture, "scheduled");
        fixture.Sync();
        Assert.Equal("FINISHED", fixture.Run("scheduled").Status);
        Assert.Equal(fixture.Run("scheduled").Id, fixture.Run("stage").Tag("mlflow.parentRunId"));

        fixture.Mlflow.Runs.Clear(); // and once more, with a new run
        fixture.Variables.Clear();
        fixture.Variables["MLFLOW_EXPERIMENT_NAME"] = "new";
        fixture.Sync();
        Assert.Equal("new", fixture.Mlflow.Experiments[fixture.Run("run").Experiment]);
        Assert.Equal(fixture.Run("run").Id, fixture.Run("stage").Tag("mlflow.parentRunId"));
    }

    [Fact]
    public void Children_are_created_in_the_experiment_of_the_given_run()
    {
        using var fixture = new SessionFixture();
        string given = Create(fixture, "scheduled");
        fixture.Variables["MLFLOW_RUN_ID"] = given;
        Write(fixture);
        Assert.Equal(fixture.Mlflow.Runs[given].Experiment, fixture.Run("stage").Experiment);
        Assert.Equal(given, fixture.Run("stage").Tag("mlflow.parentRunId"));
        Assert.DoesNotContain("paper", fixture.Mlflow.Experiments.Values);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Jobs_of_a_sweep_are_children_of_the_given_run(bool isSweepFirst)
    {
        using SessionFixture sweep = new(), job = new();
        string given = Create(job, "scheduled");
        using (TrackingSession session = sweep.Open(isSweepFirst ? job.Server.Address : "http://127.0.0.1:1", linger: TimeSpan.Zero))
        {
            TrackedRun root = session.StartRun("sweep", ChoiceOf(name => name == "MLFLOW_RUN_ID" ? given : null), "sweep", null, NoTags, given);
            if (isSweepFirst) Assert.True(session.Flush(TimeSpan.FromSeconds(60)));
            job.Variables[EnvironmentIds.SweepRunVariable] = given;
            using (TrackingSession own = job.Open())
            {
                TrackedRun run = own.StartRun("experiment", ChoiceOf(job.Read), "job", root.Id, NoTags);
                own.StartRun("pretrain", ChoiceOf(job.Read), "stage", run.Id, NoTags).Finish(RunStatus.Finished);
                run.Finish(RunStatus.Finished);
            }
            root.Finish(RunStatus.Finished);
        }
        sweep.Sync(job.Server.Address);
        Assert.Equal((job.Mlflow.Runs[given].Experiment, given), (job.Run("job").Experiment, job.Run("job").Tag("mlflow.parentRunId")));
        Assert.Equal(job.Run("job").Id, job.Run("stage").Tag("mlflow.parentRunId"));
    }

    [Fact]
    public void A_wrong_id_does_not_delay_the_end_of_the_program()
    {
        using var fixture = new SessionFixture();
        fixture.Variables["MLFLOW_RUN_ID"] = "wrong";
        long start = TimeProvider.System.GetTimestamp();
        Write(fixture); // would send for a minute
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    /// <summary>Writes a run and its child as the program does with the variables of the fixture.</summary>
    private static void Write(SessionFixture fixture)
    {
        ExperimentChoice experiment = ChoiceOf(fixture.Read);
        using TrackingSession session = fixture.Open();
        TrackedRun run = session.StartRun("experiment", experiment, "run", null, NoTags, fixture.Read("MLFLOW_RUN_ID"));
        session.StartRun("pretrain", experiment, "stage", run.Id, NoTags).Finish(RunStatus.Finished);
        run.Finish(RunStatus.Finished);
    }

    private static ExperimentChoice ChoiceOf(Func<string, string?> read) => ExperimentChoice.Of("paper", read) with { Run = EnvironmentIds.Of(read).Run };

    // The run of a scheduler, in an experiment that the file does not name.
    private static string Create(SessionFixture fixture, string name)
    {
        using var store = new RestTrackingStore(TrackingServer.Of(fixture.Server.Address, fixture.Read), null, fixture.Read, fixture.Clock, Hasty);
        return store.CreateRun(store.GetOrCreateExperiment("scheduler"), name, null, NoTags);
    }
}
