using HiEndMae.Sweeps;

namespace HiEndMae.Runs.Tests;

/// <summary>The order in which stages run, and what a failure or a stop does. The jobs are small shell scripts.</summary>
public sealed class SweepSchedulerTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly StageStore store;
    private readonly SweepGraph graph;
    private readonly List<SweepStage> started = [];
    private readonly List<int> together = [];
    private readonly List<string> warnings = [];

    public SweepSchedulerTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The jobs are shell scripts.");
        store = new StageStore(folder.FullPath);
        graph = SweepGraph.Of(folder.Load("[sweep]\n\"pretrain.mask_ratio\" = [0.5, 0.75]"), folder.Catalog);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_stage_runs_once_and_after_the_one_from_which_it_starts()
    {
        await RunAsync(2, Succeed, CancellationToken.None);
        Assert.Equal(graph.Stages.Count, started.Distinct().Count());
        Assert.Equal(graph.Stages.Count, started.Count);
        Assert.All(started.Where(stage => stage.Before is not null), stage => Assert.True(started.IndexOf(stage.Before!) < started.IndexOf(stage)));
        Assert.All(graph.Stages, stage => Assert.Equal(StageStatus.Done, store.StatusOf(stage)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_more_jobs_run_at_a_time_than_there_are_slots(int slots)
    {
        await RunAsync(slots, Succeed, CancellationToken.None);
        Assert.Equal(slots, together.Max());
    }

    [Fact]
    public async Task Finished_stages_are_not_run_again()
    {
        StageFolders.Finish(store, graph.Stages[0]);
        await RunAsync(1, Succeed, CancellationToken.None);
        Assert.Equal(graph.Stages.Skip(1), started);
    }

    [Fact]
    public async Task A_failure_blocks_only_the_stages_that_start_from_it()
    {
        SweepStage broken = graph.Stages[0];
        await RunAsync(2, stage => stage == broken ? "echo 'error: the disk is gone' >&2; exit 1" : Succeed(stage), CancellationToken.None);
        Assert.Equal("exit code 1: the disk is gone", store.FailureOf(broken));
        SweepStage[] blocked = [.. graph.Stages.Where(stage => stage.Before == broken)];
        Assert.NotEmpty(blocked);
        Assert.All(blocked, stage => Assert.Equal(StageStatus.Missing, store.StatusOf(stage)));
        Assert.All(graph.Stages.Except(blocked).Skip(1), stage => Assert.Equal(StageStatus.Done, store.StatusOf(stage)));
        Assert.Equal("pretrain failed: exit code 1: the disk is gone", store.Obstacle(graph.Combinations[0].Stages));
    }

    [Fact]
    public async Task A_failed_stage_waits_until_it_is_retried()
    {
        Directory.CreateDirectory(store.FolderOf(graph.Stages[0]));
        store.Fail(graph.Stages[0], "exit code 1: no message");
        await RunAsync(1, Succeed, CancellationToken.None);
        Assert.DoesNotContain(graph.Stages[0], started);
        store.Retry(graph.Stages[0]);
        await RunAsync(1, Succeed, CancellationToken.None);
        Assert.All(graph.Stages, stage => Assert.Equal(StageStatus.Done, store.StatusOf(stage)));
    }

    [Fact]
    public async Task An_interrupted_job_does_not_count_as_a_failure()
    {
        SweepStage interrupted = graph.Stages[0];
        await RunAsync(1, stage => stage == interrupted ? "exit 130" : Succeed(stage), CancellationToken.None);
        Assert.Equal("", store.FailureOf(interrupted));
        Assert.Equal(StageStatus.Unfinished, store.StatusOf(interrupted));
    }

    [Fact]
    public async Task A_stop_ends_running_jobs_and_starts_no_others()
    {
        using var stop = new CancellationTokenSource();
        string ready = Path.Combine(folder.FullPath, "ready");
        Task running = RunAsync(1, _ => $"trap 'exit 130' TERM; touch '{ready}'; while true; do sleep 0.05; done", stop.Token);
        while (!File.Exists(ready)) await Task.Delay(20, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Single(started);
        Assert.Equal("", store.FailureOf(started[0]));
    }

    [Fact]
    public async Task A_full_disk_under_the_log_of_a_job_is_a_warning_and_the_error_of_the_job_is_kept()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Needs /dev/full, to which nothing can be written.");
        (int Code, string Error) end;
        using (StageJob job = StageJob.Start(graph.Stages[0], ["/bin/sh", "-c"], ["echo one; echo two; echo 'error: the disk is gone' >&2; exit 1"], "", "/dev/full", warnings.Add)) end = await job.WaitAsync();
        Assert.Equal((1, "the disk is gone"), end);
        Assert.StartsWith("the output of a stage is not logged any more: ", Assert.Single(warnings));
    }

    private string Succeed(SweepStage stage)
    {
        string run = Directory.GetDirectories(store.FolderOf(stage)).SelectMany(Directory.GetDirectories).Single();
        return $"sleep 0.1; echo '{{}}' > '{Path.Combine(run, "results.json")}'";
    }

    private Task RunAsync(int slots, Func<SweepStage, string> script, CancellationToken cancel)
    {
        var scheduler = new SweepScheduler(store, Start, jobs => together.Add(jobs.Count));
        return scheduler.RunAsync(graph.Stages, JobSlot.Of(slots, [], 2), cancel);

        StageJob Start(SweepStage stage, JobSlot slot)
        {
            started.Add(stage);
            StageFolders.Begin(store, stage);
            return StageJob.Start(stage, ["/bin/sh", "-c"], [script(stage)], "", store.LogOf(stage), warnings.Add);
        }
    }
}
