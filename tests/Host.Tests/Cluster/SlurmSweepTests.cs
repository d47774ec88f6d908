using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Sweeps;
using HiEndMae.Sweeps.Slurm;
using Microsoft.Data.Sqlite;

namespace HiEndMae.Host.Tests.Cluster;

/// <summary>Sweeps on a real SLURM cluster, as a user runs them.</summary>
[Trait("Needs", "SLURM")]
public sealed class SlurmSweepTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const string Sweep = "\n[sweep]\n\"pretrain.mask_ratio\" = [0.6, 0.9]\n";
    private const string One = "\n[sweep]\nseed = [0]\n";

    private static string Long => Samples.Pretraining.Replace("steps = 4", "steps = 600", StringComparison.Ordinal).Replace("checkpoint_every = 2", "checkpoint_every = 20", StringComparison.Ordinal) + One;

    [Fact]
    public async Task Stages_become_arrays_with_dependencies_and_a_failed_stage_stops_only_its_dependants()
    {
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Samples.Tiny + Sweep), runs = Path.Combine(host.Folder, "runs");
        string[] pretrainings = await StagesOf(file, runs, "pretrain");
        // A file in the place of the folder of its runs: that pre-training fails.
        string victim = Path.Combine(runs, "stages", pretrainings[^1]);
        Directory.CreateDirectory(victim);
        await File.WriteAllTextAsync(Path.Combine(victim, "tiny"), "in the way", TestContext.Current.CancellationToken);

        using var first = new HostFixture();
        Assert.Equal(ExitCodes.Failed, await first.RunAsync("sweep", file, "--out", runs, "--launcher", "slurm", "--wait"));
        Assert.Contains("submitted 2 x pretrain as job", first.Output);
        Assert.Contains("submitted 1 x finetune as job", first.Output);
        Assert.Contains("1 of 2 combinations are complete", first.Output);
        Assert.Contains("failed: pretrain (pretrain.mask_ratio=0.9): exit code", first.Error);
        Assert.Equal(3, Finished(runs).Length); // the other pre-training, what starts from it, and the fine-tuning from scratch

        using var status = new HostFixture();
        Assert.Equal(ExitCodes.Done, await status.RunAsync("sweep", file, "--out", runs, "--status", "--json"));
        JsonArray rows = JsonNode.Parse(status.Output)!.AsArray();
        Assert.Equal(["cancelled", "done", "done", "done", "failed"], rows.Select(row => (string)row!["state"]!).Order());

        File.Delete(Path.Combine(victim, "tiny"));
        using var again = new HostFixture();
        int code = await again.RunAsync("sweep", file, "--out", runs, "--launcher", "slurm", "--wait", "--retry-failed", "--json");
        Assert.True(code == ExitCodes.Done, again.Error);
        Assert.Equal(2, JsonNode.Parse(again.Output)!["combinations"]!.AsArray().Count);
        // What jobs have spooled is in the store: the two combinations and the five stages of the sweep.
        Assert.Equal(2 + 5, ChildrenOfSweep(runs));
    }

    [Fact]
    public async Task Tracked_values_of_ended_jobs_are_sent_while_others_run()
    {
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Samples.Pretraining + "\n[sweep]\n\"pretrain.steps\" = [4, 100000]\n"), runs = Path.Combine(host.Folder, "runs");
        Task<int> sweep = host.RunAsync("sweep", file, "--out", runs, "--launcher", "slurm", "--wait");
        // The short stage and its combination.
        await Until(() => sweep.IsCompleted || ChildrenOfSweep(runs) == 2);
        Assert.False(sweep.IsCompleted, host.Error + host.Output);
        Assert.Single(Finished(runs));
        cluster.Run("scancel", Jobs(runs)[0]);
        Assert.Equal(ExitCodes.Failed, await sweep);
    }

    [Fact]
    public async Task A_job_near_its_time_limit_saves_and_continues_to_the_same_weights()
    {
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        using var host = new HostFixture();
        (Task<int> sweep, string stage, string runs) = await StartLong(host);
        // What SLURM sends before the limit, to the script alone.
        string job = Jobs(runs)[0];
        cluster.Run("scancel", "--batch", "--signal=USR1", job + "_0");
        Assert.True(await sweep == ExitCodes.Done, host.Error + host.Output);
        Assert.Equal(2, StageJournal.Of(stage).Events().Count(one => (string?)one["event"] == "begin"));
        Assert.Contains(StageJournal.Of(stage).Events(), one => (string?)one["event"] == "requeue");
        await AssertUndisturbed(stage);
    }

    [Fact]
    public async Task A_preempted_job_saves_and_continues_to_the_same_weights()
    {
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        using var host = new HostFixture();
        (Task<int> sweep, string stage, _) = await StartLong(host);
        // The job of a partition with a higher priority takes the node. SLURM requeues the job that it ends.
        string node = (string)StageJournal.Of(stage).Events()[0]["node"]!;
        cluster.Run("sbatch", "-p", "urgent", "-w", node, "-o", "/dev/null", "--wrap", "sleep 5");
        Assert.True(await sweep == ExitCodes.Done, host.Error + host.Output);
        IReadOnlyList<JsonNode> events = StageJournal.Of(stage).Events();
        Assert.Equal([0, 1], events.Where(one => (string?)one["event"] == "begin").Select(one => (int)one["restart"]!));
        Assert.DoesNotContain(events, one => (string?)one["event"] == "requeue"); // SLURM did it, not the job
        await AssertUndisturbed(stage);
    }

    [Fact]
    public async Task After_the_death_of_a_node_its_job_is_submitted_again_and_no_stage_is_lost()
    {
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Long), runs = Path.Combine(host.Folder, "runs");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("sweep", file, "--out", runs, "--launcher", "slurm"));
        Assert.Contains("1 stages wait or run in the queue", host.Output);
        string stage = Path.Combine(runs, "stages", (await StagesOf(file, runs, "pretrain"))[0]);
        await Until(() => StageStart.NewestStep(stage) > 0);
        string node = (string)StageJournal.Of(stage).Events()[0]["node"]!;
        cluster.CutPower(node);
        try
        {
            // SLURM notices, and puts the job into its queue again; it goes on at its checkpoint on the other node.
            await Until(() => StageJournal.Of(stage).Events().Any(one => (int?)one["restart"] == 1));
            string job = Jobs(runs)[0];
            cluster.Run("scancel", job);
            await Until(() => cluster.Run("squeue", "-h", "-j", job).Trim().Length == 0);
            using var again = new HostFixture();
            int code = await again.RunAsync("sweep", file, "--out", runs, "--launcher", "slurm", "--wait");
            Assert.True(code == ExitCodes.Done, again.Error + again.Output);
            Assert.Contains("was cancelled; submitted again", again.Output);
            Assert.Single(Directory.GetDirectories(Path.Combine(stage, "tiny")));
        }
        finally
        {
            cluster.Restart(node);
        }
    }

    // Returns when the pre-training has written its first checkpoint.
    private static async Task<(Task<int> Sweep, string Stage, string Runs)> StartLong(HostFixture host)
    {
        string file = host.Write("sweep.toml", Long), runs = Path.Combine(host.Folder, "runs");
        Task<int> sweep = host.RunAsync("sweep", file, "--out", runs, "--launcher", "slurm", "--wait");
        string stage = Path.Combine(runs, "stages", (await StagesOf(file, runs, "pretrain"))[0]);
        await Until(() => StageStart.NewestStep(stage) > 0 || sweep.IsCompleted);
        return (sweep, stage, runs);
    }

    // The stage has the weights of a run that nothing disturbed.
    private static async Task AssertUndisturbed(string stage)
    {
        using var host = new HostFixture();
        string alone = host.Write("alone.toml", Long.Replace(One, "", StringComparison.Ordinal)), runs = Path.Combine(host.Folder, "runs");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", alone, "--out", runs));
        Assert.Equal(Weights(runs), Weights(stage));
    }

    private static async Task<string[]> StagesOf(string file, string runs, string kind)
    {
        using var plan = new HostFixture();
        Assert.Equal(ExitCodes.Done, await plan.RunAsync("sweep", file, "--out", runs, "--dry-run", "--json"));
        return [.. JsonNode.Parse(plan.Output)!["stages"]!.AsArray().Select(stage => (string)stage!["stage"]!).Where(name => name.StartsWith(kind, StringComparison.Ordinal))];
    }

    private static string[] Finished(string runs) => [.. Directory.GetDirectories(Path.Combine(runs, "stages")).Where(stage => StageStore.FinishedRun(stage) is not null)];

    private static string[] Jobs(string runs) => [.. SlurmSubmission.All(runs).SelectMany(submission => submission.Arrays.Values).Select(array => array.Job!)];

    private static long ChildrenOfSweep(string runs)
    {
        string path = Path.Combine(runs, "mlflow.db");
        if (!File.Exists(path)) return 0;
        using var database = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        database.Open();
        using SqliteCommand query = database.CreateCommand();
        query.CommandText = "select count(*) from tags where key = 'mlflow.parentRunId' and value = (select run_uuid from runs where name LIKE 'sweep tiny %')";
        try
        {
            return (long)query.ExecuteScalar()!;
        }
        catch (SqliteException)
        {
            return 0; // the tables are still being made
        }
    }

    private static string Weights(string folder)
    {
        string checkpoint = Directory.GetDirectories(folder, "step-00000600", SearchOption.AllDirectories).Single();
        return (string)JsonNode.Parse(File.ReadAllText(Path.Combine(checkpoint, "checksums.json")))!["weights.safetensors"]!;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; i < 1200 && !condition(); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }
}
