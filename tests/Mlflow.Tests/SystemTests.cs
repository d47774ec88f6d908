namespace HiEndMae.Mlflow.Tests;

public sealed class SystemTests
{
    [Fact]
    public void System_metrics_have_the_names_and_units_of_the_Python_client()
    {
        using var proc = new TempFolder();
        Directory.CreateDirectory(proc["net"]);
        proc.File("stat", "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3 4\n");
        proc.File("meminfo", "MemTotal:       1000000 kB\nMemFree:  1 kB\nMemAvailable:    250000 kB\n");
        proc.File("net/dev", "Inter-|   Receive\n face |bytes\n    lo: 5 0 0 0 0 0 0 0 5\n  eth0: 1000000 1 0 0 0 0 0 0 2000000 1\n");
        var monitor = new SystemMonitor(proc.Path, proc.Path, null, TimeProvider.System);
        var figures = new List<(string Key, double Value)>();
        monitor.Read(figures);
        Assert.DoesNotContain(figures, figure => figure.Key == SystemMonitor.Cpu); // a share of time needs two readings
        proc.File("stat", "cpu  150 0 125 775 150 0 0 0 0 0\n");
        proc.File("net/dev", "  eth0: 4000000 1 0 0 0 0 0 0 2500000 1\n");
        figures.Clear();
        monitor.Read(figures);
        var values = figures.ToDictionary(figure => figure.Key, figure => figure.Value);
        Assert.Equal(37.5, values["system/cpu_utilization_percentage"]); // 75 busy of 200 ticks
        Assert.Equal(768, values["system/system_memory_usage_megabytes"]); // 750000 KiB
        Assert.Equal(75, values["system/system_memory_usage_percentage"]);
        Assert.Equal(3, values["system/network_receive_megabytes"]);
        Assert.Equal(0.5, values["system/network_transmit_megabytes"]);
        Assert.InRange(values["system/disk_usage_percentage"], 0, 100);
        Assert.InRange(values["system/process_memory_megabytes"], 1, 1e6);
    }

    [Fact]
    public void GPUs_are_read_with_nvidia_smi()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program of this test is a shell script.");
        using var folder = new TempFolder();
        string program = folder.File("nvidia-smi", "#!/bin/sh\necho '0, 88, 1000, 4000, 150.5, 301.0'\necho '1, [N/A], 0, 4000, [N/A], [N/A]'\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        NvidiaSmi gpus = NvidiaSmi.Find(name => name == "PATH" ? $"/nowhere:{folder.Path}" : null)!;
        var figures = new List<(string Key, double Value)>();
        gpus.Read(figures);
        Assert.Equal(
            [("system/gpu_0_utilization_percentage", 88), ("system/gpu_0_memory_usage_megabytes", 1048.576), ("system/gpu_0_memory_usage_percentage", 25), ("system/gpu_0_power_usage_watts", 150.5),
                ("system/gpu_0_power_usage_percentage", 50), ("system/gpu_1_memory_usage_megabytes", 0), ("system/gpu_1_memory_usage_percentage", 0)],
            figures);
        Assert.Null(NvidiaSmi.Find(_ => null));
    }

    [Fact]
    public void System_metrics_go_to_the_current_run_and_continue_after_a_resume()
    {
        using var fixture = new SessionFixture();
        for (int time = 0; time < 2; time++)
        {
            using TrackingSession session = TrackingSession.Open(
                fixture.RunFolder, TrackingTarget.Parse(fixture.Server.Address, ".", fixture.Read), fixture.Read, fixture.Clock, fixture.Notes.Enqueue,
                new TrackingSessionOptions { SystemMetricsEvery = TimeSpan.FromMilliseconds(5), SendEvery = TimeSpan.FromMilliseconds(5) });
            session.TrackSystem(session.StartRun("pretrain", "paper", "pretrain", null, SessionFixture.NoTags));
            int goal = 5 * (time + 1);
            Assert.True(SpinWait.SpinUntil(() => Steps().Count >= goal, TimeSpan.FromSeconds(60)));
            session.TrackSystem(null);
        }
        List<long> steps = Steps();
        Assert.Equal(Enumerable.Range(0, steps.Count).Select(step => (long)step), steps);

        List<long> Steps()
        {
            lock (fixture.Mlflow) return [.. fixture.Mlflow.Runs.Values.Where(run => run.Name == "pretrain").SelectMany(run => run.Metrics).Where(point => point.Key == "system/disk_usage_megabytes").Select(point => point.Step).Order()];
        }
    }

    [Fact]
    public void System_metrics_continue_while_the_sender_waits_for_a_response()
    {
        using var fixture = new SessionFixture();
        fixture.Server.Plan([Fault.StallBefore]); // three seconds
        using TrackingSession session = TrackingSession.Open(
            fixture.RunFolder, TrackingTarget.Parse(fixture.Server.Address, ".", fixture.Read), fixture.Read, fixture.Clock, fixture.Notes.Enqueue,
            new TrackingSessionOptions { SystemMetricsEvery = TimeSpan.FromMilliseconds(20), SendEvery = TimeSpan.FromMilliseconds(1) });
        TrackedRun run = session.StartRun("pretrain", "paper", "pretrain", null, SessionFixture.NoTags);
        Assert.True(SpinWait.SpinUntil(() => fixture.Server.NumPlanned == 0, TimeSpan.FromSeconds(30)));
        session.TrackSystem(run);
        Assert.True(SpinWait.SpinUntil(() => new SpoolReader(fixture.Spool).Read(0).Count(entry => entry.Record.Op == SpoolRecord.Metrics) >= 5, TimeSpan.FromSeconds(2)));
        Assert.Single(fixture.Server.Requests); // still the first
    }

    [Fact]
    public void Commit_branch_and_origin_are_read_from_git_s_files()
    {
        using var folder = new TempFolder();
        string commit = new('a', 40), other = new('b', 40);
        Directory.CreateDirectory(folder["repo/.git/refs/heads/feature"]);
        Directory.CreateDirectory(folder["repo/experiments/deep"]);
        folder.File("repo/.git/HEAD", "ref: refs/heads/feature/x\n");
        folder.File("repo/.git/refs/heads/feature/x", commit + "\n");
        folder.File("repo/.git/config", "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://ann:s3cret@git.example/repo.git\n");
        Assert.Equal(new GitState(commit, "feature/x", "https://git.example/repo.git", null), GitState.Read(folder["repo/experiments/deep"], _ => null));
        File.Delete(folder["repo/.git/refs/heads/feature/x"]);
        folder.File("repo/.git/packed-refs", $"# pack-refs with: peeled\n{other} refs/heads/feature/x\n");
        Assert.Equal(other, GitState.Read(folder["repo"], _ => null)!.Commit);
        folder.File("repo/.git/HEAD", commit);
        Assert.Equal(new GitState(commit, null, "https://git.example/repo.git", null), GitState.Read(folder["repo"], _ => null));
        Directory.CreateDirectory(folder["repo/.git/worktrees/w"]);
        folder.File("repo/.git/worktrees/w/HEAD", "ref: refs/heads/feature/x");
        folder.File("repo/.git/worktrees/w/commondir", "../..");
        Directory.CreateDirectory(folder["w"]);
        folder.File("w/.git", $"gitdir: {folder["repo/.git/worktrees/w"]}\n");
        Assert.Equal((other, "feature/x"), (GitState.Read(folder["w"], _ => null)!.Commit, GitState.Read(folder["w"], _ => null)!.Branch));
        Assert.Null(GitState.Read(folder.Path, _ => null));
    }
}
