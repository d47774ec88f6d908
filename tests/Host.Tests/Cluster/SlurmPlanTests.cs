using System.Diagnostics;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Loading;
using HiEndMae.Sweeps;
using HiEndMae.Sweeps.Simulation;
using HiEndMae.Sweeps.Slurm;

namespace HiEndMae.Host.Tests.Cluster;

/// <summary>What becomes which job, what SLURM's answers mean, and sweeps on paper; no cluster.</summary>
public sealed class SlurmPlanTests
{
    private static readonly SweepStage First = Of("a", StageKind.Pretrain, null), Second = Of("b", StageKind.Pretrain, null);
    private static readonly SweepStage[] Graph = [First, Of("a1", StageKind.Finetune, First), Of("a2", StageKind.Finetune, First), Of("scratch", StageKind.Finetune, null), Second, Of("b1", StageKind.Finetune, Second)];

    [Fact]
    public void Stages_of_one_kind_and_predecessor_are_one_array()
    {
        IReadOnlyList<SlurmArray> arrays = SlurmPlan.Of(Graph, _ => StageStatus.Missing, _ => false, 1000);
        Assert.Equal(["a,b after ", "scratch after ", "a1,a2 after a", "b1 after b"], arrays.Select(Text));
    }

    [Fact]
    public void Done_failed_and_queued_stages_are_left_alone_and_only_what_can_run_is_submitted()
    {
        // a is done, so what starts from it waits for nothing; b has failed, so what starts from it is held up.
        IReadOnlyList<SlurmArray> arrays = SlurmPlan.Of(Graph, stage => stage.Label switch { "a" => StageStatus.Done, "b" => StageStatus.Failed, _ => StageStatus.Missing }, stage => stage.Label == "a2", 1000);
        Assert.Equal(["a1,scratch after "], arrays.Select(Text));
        // a is in the queue: what starts from it waits for its job.
        arrays = SlurmPlan.Of(Graph, _ => StageStatus.Missing, stage => stage.Label is "a" or "b" or "b1" or "scratch", 1000);
        Assert.Equal(["a1,a2 after a"], arrays.Select(Text));
    }

    [Fact]
    public void An_array_does_not_exceed_the_limit_of_the_cluster() =>
        Assert.Equal(["p0,p1", "p2,p3", "p4"], SlurmPlan.Of([.. Enumerable.Range(0, 5).Select(i => Of($"p{i}", StageKind.Pretrain, null))], _ => StageStatus.Missing, _ => false, 2)
            .Select(array => string.Join(',', array.Stages.Select(stage => stage.Label))));

    [Fact]
    public void A_kind_of_stage_has_its_own_options_over_the_common_ones()
    {
        var config = new SlurmConfig { Partition = "gpu", Account = "lab", Gres = "gpu:1", Cpus = 8, Memory = "32G", Time = TimeSpan.FromHours(30), SignalSeconds = 120, Extra = ["--nice"], Pretrain = new SlurmStageConfig { Gres = "gpu:a100:1", Extra = ["--exclusive"] } };
        Assert.Equal(
            ["--partition=gpu", "--account=lab", "--gres=gpu:a100:1", "--mem=32G", "--cpus-per-task=8", "--time=1-06:00:00", "--signal=B:USR1@120", "--nice", "--exclusive"],
            SlurmRequest.Options(config, StageKind.Pretrain));
        Assert.Contains("--gres=gpu:1", SlurmRequest.Options(config, StageKind.Finetune));
        Assert.Empty(SlurmRequest.Options(new SlurmConfig(), StageKind.Finetune));
    }

    [Theory]
    [InlineData("PENDING", "Dependency", SlurmJobState.Queued)]
    [InlineData("RUNNING", "None", SlurmJobState.Running)]
    [InlineData("COMPLETING", "None", SlurmJobState.Running)]
    [InlineData("CANCELLED", "None", SlurmJobState.Cancelled)]
    [InlineData("CANCELLED by 1000", "", SlurmJobState.Cancelled)]
    [InlineData("CANCELLED", "DependencyNeverSatisfied", SlurmJobState.Orphaned)]
    [InlineData("TIMEOUT", "TimeLimit", SlurmJobState.Ended)]
    [InlineData("NODE_FAIL", "", SlurmJobState.Ended)]
    [InlineData("COMPLETED", "None", SlurmJobState.Ended)]
    [InlineData("", "", SlurmJobState.Unknown)]
    public void States_and_reasons_of_SLURM_are_understood(string text, string reason, object state) => Assert.Equal((SlurmJobState)state, SlurmJob.StateOf(text, reason));

    [Fact]
    public void The_cluster_is_queried_with_its_own_commands()
    {
        var asked = new List<string>();
        SlurmClient client = SlurmClient.Connect((command, arguments) =>
        {
            asked.Add($"{command} {string.Join(' ', arguments)}");
            return command switch
            {
                "scontrol" => "MaxArraySize            = 501\nAccountingStorageType   = accounting_storage/none\n",
                "sbatch" => "42;cluster\n",
                _ => "42_0|RUNNING|None|n1|hiendmae:s:pretrain-1\n42_1|PENDING|Resources||hiendmae:s:pretrain-1\n",
            };
        });
        Assert.Equal(500, client.MaxArraySize);
        Assert.Equal("42", client.Submit(["--array=0-1"], "stage.sh", ["list.txt"]));
        Assert.Equal("sbatch --parsable --array=0-1 stage.sh list.txt", asked[^1]);
        Assert.Equal(["42_0 Running n1", "42_1 Queued "], client.Queue().Select(job => $"{job.Id} {job.State} {job.Node}"));
        Assert.Empty(client.Accounts(["41_0"]));
    }

    [Fact]
    public void An_array_whose_id_was_lost_is_found_by_its_comment()
    {
        string output = Directory.CreateTempSubdirectory("hiendmae-slurm-").FullName;
        try
        {
            SlurmSubmission submission = SlurmSubmission.Create(output, "program", [new SlurmArray("pretrain-1", StageKind.Pretrain, [First, Second], null)], DateTimeOffset.UnixEpoch);
            SlurmClient client = SlurmClient.Connect((command, _) => command == "squeue" ? $"7_1|PENDING|Resources||{submission.CommentOf("pretrain-1")}\n" : "");
            SlurmJobs jobs = SlurmJobs.Read(output, client);
            Assert.Equal(SlurmJobState.Queued, jobs.Of(Second)!.State);
            Assert.Equal(("7_0", SlurmJobState.Unknown), (jobs.Of(First)!.Id, jobs.Of(First)!.State));
            Assert.Equal("7", SlurmSubmission.All(output).Single().Arrays["pretrain-1"].Job);
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    // A sweep with 500 pre-trainings has 500 arrays. Writing all stages again after each would be 500 times the list.
    [Fact]
    public void The_job_of_an_array_is_appended_and_the_list_of_stages_is_written_once()
    {
        string output = Directory.CreateTempSubdirectory("hiendmae-slurm-").FullName;
        try
        {
            SlurmSubmission submission = SlurmSubmission.Create(output, "program", [new SlurmArray("pretrain-1", StageKind.Pretrain, [First], null), new SlurmArray("pretrain-2", StageKind.Pretrain, [Second], null)], DateTimeOffset.UnixEpoch);
            string list = Path.Combine(submission.Folder, "submission.json"), jobs = Path.Combine(submission.Folder, "jobs.txt"), before = File.ReadAllText(list);
            submission.Submitted("pretrain-1", "7");
            Assert.Equal(before, File.ReadAllText(list));
            // Killed while it wrote the second line.
            File.AppendAllText(jobs, "pretrain-2 12");
            Assert.Equal(["7", null], SlurmSubmission.All(output).Single().Arrays.Values.Select(array => array.Job));
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    [Fact]
    public void The_job_script_is_valid_bash_for_any_paths()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs bash.");
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, SlurmScript.Text(["/opt/it's here/hiendmae"], ["module() { :; }", "module load x"], new Dictionary<string, string> { ["A"] = "b c'd" }));
            using Process bash = Process.Start("bash", ["-n", file]);
            bash.WaitForExit();
            Assert.Equal(0, bash.ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_stage_that_crashes_three_times_at_one_step_counts_as_failed()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-stage-").FullName;
        try
        {
            StageJournal journal = StageJournal.Of(folder);
            Assert.Equal(0, journal.StartsInVain(0));
            for (int i = 0; i < 3; i++) journal.NoteStart(0, DateTimeOffset.UnixEpoch);
            Assert.Equal(3, journal.StartsInVain(0));
            Assert.Throws<IOException>(() => StageStart.Begin(folder, DateTimeOffset.UnixEpoch));
            journal.NoteRetry();
            Assert.Equal(0, journal.StartsInVain(0));
            // A preempted job saves and ends by 130: it was not in vain.
            journal.NoteStart(0, DateTimeOffset.UnixEpoch);
            File.AppendAllText(Path.Combine(folder, StageJournal.FileName), "{\"event\":\"end\",\"code\":130}\n{\"event\":\"torn");
            Assert.Equal(0, journal.StartsInVain(0));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_simulated_sweep_takes_the_time_computed_by_hand()
    {
        // Two GPUs: a and b run side by side for 10 s each; then a1, a2, scratch and b1 of 5 s each in two rounds.
        SimulationResult result = SweepSimulation.Run(ClusterModel.Parse("nodes=1,gpus=2,pretrain=10s,finetune=5s,price=36"), Estimate());
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40), TimeSpan.Zero, 0), (result.Wall, result.Work, result.Lost, result.Requeues));
        Assert.Equal(1.0, result.Use, 9);
        Assert.Equal(0.4, result.Cost!.Value, 9);
        // A limit of 4 s cuts 10 s into three jobs and 5 s into two, and each start waits 1 s in the queue.
        SimulationResult limited = SweepSimulation.Run(ClusterModel.Parse("nodes=1,gpus=6,pretrain=10s,finetune=5s,limit=4s,queue=1s"), Estimate());
        Assert.Equal((2 * 2) + 4, limited.Requeues);
        Assert.Equal(TimeSpan.FromSeconds(10 + 3 + 5 + 2), limited.Wall);
    }

    [Fact]
    public void Each_simulated_failure_loses_at_most_one_checkpoint_interval()
    {
        ClusterModel model = ClusterModel.Parse("nodes=4,gpus=2,pretrain=100h,finetune=20h,mtbf=100h,repair=2h,checkpoint=30m,seed=3");
        SimulationResult result = SweepSimulation.Run(model, Estimate());
        Assert.True(result.Failures > 0);
        Assert.InRange(result.Lost, TimeSpan.Zero, result.Requeues * TimeSpan.FromMinutes(30));
        Assert.True(result.Wall > TimeSpan.FromHours(120));
        Assert.Equal(result, SweepSimulation.Run(model, Estimate()));
    }

    [Theory]
    [InlineData("nodes=0", "nodes must be a number of 1 or more")]
    [InlineData("gpus=4,mtfb=1h", "unknown key 'mtfb'")]
    [InlineData("mtbf=soon", "mtbf must be a time")]
    [InlineData("nodes", "is not KEY=VALUE")]
    public void A_wrong_description_is_refused(string text, string message) => Assert.Contains(message, Assert.Throws<UserException>(() => ClusterModel.Parse(text)).Message);

    [Fact]
    public async Task Options_that_have_no_effect_are_refused()
    {
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Samples.Tiny + "\n[sweep]\nseed = [0, 1]\n");
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("sweep", file, "--wait"));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("sweep", file, "--launcher", "slurm", "--devices", "cuda:0"));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("sweep", file, "--simulate", "nodes=1"));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("sweep", file, "--out", Path.Combine(host.Folder, "runs"), "--dry-run", "--simulate", "nodes=2,gpus=2,pretrain=1h,finetune=30m"));
        Assert.Contains("wall time     1:30:00", host.Output); // two of 1 h and two of 30 min side by side, then two more of 30 min
    }

    [Fact]
    public async Task Keys_of_the_experiment_override_the_site_s_file()
    {
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Samples.Tiny + "\n[slurm]\naccount = \"mine\"\n[sweep]\nseed = [0, 1]\n");
        host.Variables["HIENDMAE_SITE"] = host.Write("site.toml", "[slurm]\naccount = \"site\"\npartiton = \"gpu\"\n[tracking]\nenabled = false\n");
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("sweep", file, "--dry-run"));
        Assert.Contains("site.toml", host.Error);
        Assert.Contains("partiton", host.Error);
        Assert.Contains("'tracking' does not belong in a site's file", host.Error);
    }

    private static SweepEstimate Estimate() => new([.. Graph.Select(stage => new StageEstimate(stage, StageStatus.Missing, null, null))]);

    private static string Text(SlurmArray array) => $"{string.Join(',', array.Stages.Select(stage => stage.Label))} after {array.After?.Label}";

    private static SweepStage Of(string key, StageKind kind, SweepStage? before) => new(key.PadRight(16, '0'), key, new CodeIdentity(1, []), kind, key, null!, before);
}
