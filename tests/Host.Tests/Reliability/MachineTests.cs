using System.Globalization;
using HiEndMae.Configuration.Shared;
using HiEndMae.Mlflow.Tests;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>A wall clock that jumps, a tree that is read-only, and two programs in one run directory.</summary>
public sealed class MachineTests
{
    [Theory, Trait("speed", "slow")]
    [InlineData("an hour forward", 3600)]
    [InlineData("an hour back", -3600)]
    [InlineData("ten years forward", 315_360_000)]
    [InlineData("to 1970", -1_790_000_000)]
    public async Task A_clock_jump_changes_no_weight_and_loses_no_value(string what, long seconds)
    {
        Nightly.Require();
        Faults.Require();
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Tiny), whole = Path.Combine(host.Folder, "whole"), jumped = Path.Combine(host.Folder, "jumped");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", whole));
        // The library's clock needs a root only for paths.
        using (ProgramProcess program = Faults.Start(host.Folder, ("CLOCK", string.Create(CultureInfo.InvariantCulture, $"2.5,{seconds}")), "run", file, "--out", jumped))
        {
            (int code, _, string error) = await program.End();
            Assert.Equal((ExitCodes.Done, ""), (code, error));
        }
        Assert.Empty(Wholeness.FaultsIn(jumped));
        Assert.Equal(Outcome.Weights(whole), Outcome.Weights(jumped));
        Assert.Equal(Outcome.Values(whole), Outcome.Values(jumped));
        Assert.Equal(Outcome.Tracked(whole), Outcome.Tracked(jumped));
        Nightly.Report($"clock | {what} | exit code 0, same weights, {Outcome.Values(jumped).Count} values each once");
    }

    [Fact]
    public async Task Two_programs_do_not_run_in_one_directory()
    {
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Pretraining), runs = Path.Combine(host.Folder, "runs");
        string[] command = ["run", file, "--out", runs, "--resume", "--set", "tracking.enabled=false", "--set", "pretrain.steps=100000"];
        using var first = new ProgramProcess(command);
        Assert.True(await first.WaitFor(() => Directory.Exists(runs) && Directory.GetDirectories(runs, "step-*", SearchOption.AllDirectories).Length > 0));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(command));
        Assert.Contains("Another process is running in", host.Error);
        Assert.Contains("leaving out --resume", host.Error);
        // A new run beside it is fine.
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs, "--set", "tracking.enabled=false", "--set", "pretrain.steps=2"));
        Assert.False(first.HasExited);
        // Not SIGINT: a shell that starts a job in the background makes it ignore that.
        first.Send("-TERM");
        Assert.Equal(ExitCodes.Interrupted, (await first.End()).Code);
        // With the first gone, its run goes on.
        Assert.Equal(ExitCodes.Interrupted, await host.RunAsync([.. command, "--set", "time_budget=1ms"]));
        Assert.Empty(Wholeness.FaultsIn(runs));
        Nightly.Report("two programs in one run directory | the second ends with exit code 2 and a message, the first is not disturbed");
    }

    [Fact]
    public async Task Two_programs_that_start_at_once_take_two_directories()
    {
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Pretraining), runs = Path.Combine(host.Folder, "runs");
        ProgramProcess[] programs = [.. Enumerable.Range(0, 3).Select(_ => new ProgramProcess("run", file, "--out", runs))];
        foreach (ProgramProcess program in programs)
        {
            (int code, _, string error) = await program.End();
            Assert.Equal((ExitCodes.Done, ""), (code, error));
            program.Dispose();
        }
        Assert.Equal(3, Directory.GetDirectories(Path.Combine(runs, "tiny")).Length);
        Assert.Equal(["3|FINISHED"], Query.Rows(Path.Combine(runs, "mlflow.db"), "SELECT count(*), status FROM runs r JOIN tags t USING (run_uuid) WHERE t.key = 'hiendmae.role' AND t.value = 'experiment' GROUP BY status"));
        Assert.Empty(Wholeness.FaultsIn(runs));
    }

    [Theory]
    [InlineData("run", "FILE", "--out", "OUT")]
    [InlineData("run", "FILE", "--out", "OUT", "--resume")]
    [InlineData("sweep", "SWEEP", "--out", "OUT")]
    [InlineData("data", "prepare", "FILE", "--out", "OUT")]
    public async Task A_read_only_tree_is_reported_at_once(params string[] command)
    {
        Faults.Require();
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Pretraining), sweep = host.Write("sweep.toml", Samples.Pretraining + "\n[sweep]\n\"pretrain.mask_ratio\" = [0.6, 0.9]\n"), output = Path.Combine(host.Folder, "tree");
        Directory.CreateDirectory(output);
        using ProgramProcess program = Faults.Start(output, ("READONLY", "1"), [.. command.Select(word => word.Replace("FILE", file, StringComparison.Ordinal).Replace("SWEEP", sweep, StringComparison.Ordinal).Replace("OUT", output, StringComparison.Ordinal))]);
        (int code, _, string error) = await program.End();
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Single(error.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains("Read-only file system", error);
        Assert.Contains("choose another folder", error);
        Assert.DoesNotContain("   at ", error);
        Assert.Empty(Directory.GetFileSystemEntries(output));
        Nightly.Report($"read-only tree | {string.Join(' ', command)} | exit code {code} | nothing left on disk | {error.Split('\n').First(line => line.StartsWith("error: ", StringComparison.Ordinal))}");
    }
}
