using System.Diagnostics;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Mlflow.Tests;
using Microsoft.Data.Sqlite;

namespace HiEndMae.Host.Tests;

/// <summary>Sweeps as a user runs them: stages as processes, shared, found again, failed and tried again.</summary>
public sealed class SweepRunTests
{
    private const string Sweep = "\n[sweep]\n\"pretrain.mask_ratio\" = [0.6, 0.9]\n";

    [Fact]
    public async Task Shared_stages_run_once_and_are_reused()
    {
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Samples.Tiny + Sweep), runs = Path.Combine(host.Folder, "runs");

        Assert.Equal(ExitCodes.Done, await host.RunAsync("sweep", file, "--out", runs, "--dry-run", "--json"));
        JsonNode plan = JsonNode.Parse(host.Output)!;
        // Two pre-trainings, two fine-tunings from them, and one from scratch that both combinations share.
        Assert.Equal(2, plan["combinations"]!.AsArray().Count);
        Assert.Equal(5, plan["stages"]!.AsArray().Count);
        Assert.False(Directory.Exists(runs));
        using var shown = new HostFixture();
        Assert.Equal(ExitCodes.Done, await shown.RunAsync("sweep", file, "--out", runs, "--dry-run"));
        string[] lines = shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^missing +0\.0 +\?  pretrain-[0-9a-f]{16}  pretrain \(pretrain\.mask_ratio=0\.6\)", lines[1]);
        Assert.Matches(@"^missing +0\.0 +\?    finetune-[0-9a-f]{16}  finetune from pretrain \(pretrain\.mask_ratio=0\.6\)", lines[2]);
        Assert.Contains("0 done", lines[^1]);

        using var first = new HostFixture();
        int code = await first.RunAsync("sweep", file, "--out", runs, "--jobs", "2", "--json");
        Assert.True(code == ExitCodes.Done, first.Error + first.Output);
        JsonArray combinations = JsonNode.Parse(first.Output)!["combinations"]!.AsArray();
        Assert.Equal(2, combinations.Count);
        Assert.Equal(5, Stages(runs).Length);
        foreach (JsonNode? combination in combinations)
        {
            string folder = combination!["folder"]!.GetValue<string>();
            JsonNode results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json"), TestContext.Current.CancellationToken))!;
            Assert.Equal(["finetune-pretrain", "finetune-scratch", "pretrain"], results["trainings"]!.AsObject().Select(one => one.Key).Order());
            Assert.Equal(["pretrain", "scratch"], results["evaluations"]!.AsObject().Select(one => one.Key).Order());
            Assert.True(Directory.Exists(Path.Combine(folder, "finetune-pretrain", "checkpoints")));
        }

        using var estimated = new HostFixture();
        Assert.Equal(ExitCodes.Done, await estimated.RunAsync("sweep", file, "--out", runs, "--dry-run"));
        Assert.Matches(@"(?m)^done +0\.0 +0:\d\d:\d\d  pretrain-", estimated.Output);
        Assert.Contains("5 done; 0.0 TFLOP to do\n", estimated.Output);

        // Another sweep with another axis value shares what is there: one more pre-training, one more fine-tuning.
        DateTime[] written = [.. Stages(runs).Select(Directory.GetLastWriteTimeUtc)];
        string wider = host.Write("wider.toml", Samples.Tiny.Replace("\"tiny\"", "\"wider\"", StringComparison.Ordinal) + Sweep.Replace("0.9]", "0.9, 0.3]", StringComparison.Ordinal));
        using var second = new HostFixture();
        Assert.Equal(ExitCodes.Done, await second.RunAsync("sweep", wider, "--out", runs, "--json"));
        Assert.Equal(3, JsonNode.Parse(second.Output)!["combinations"]!.AsArray().Count);
        Assert.Equal(7, Stages(runs).Length);
        Assert.Equal(5, Stages(runs).Count(stage => written.Contains(Directory.GetLastWriteTimeUtc(stage))));

        // Parents and children in MLflow: the sweep, its combinations, its stages' experiments.
        using var database = new SqliteConnection($"Data Source={Path.Combine(runs, "mlflow.db")};Mode=ReadOnly;Pooling=False");
        database.Open();
        using SqliteCommand query = database.CreateCommand();
        query.CommandText = "select count(*) from tags where key = 'mlflow.parentRunId' and value = (select r.run_uuid from runs r join experiments e using (experiment_id) where e.name = 'tiny' and r.name LIKE 'sweep tiny %')";
        Assert.Equal(2L + 5L, (long)query.ExecuteScalar()!);
    }

    [Fact]
    public async Task A_failed_stage_blocks_only_its_dependants_and_is_retried()
    {
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Samples.Tiny + Sweep), runs = Path.Combine(host.Folder, "runs");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("sweep", file, "--out", runs, "--dry-run", "--json"));
        string[] names = [.. JsonNode.Parse(host.Output)!["stages"]!.AsArray().Select(stage => stage!["stage"]!.GetValue<string>())];
        // A file in the place of the folder of its runs: that pre-training fails, the others do not.
        string victim = Path.Combine(runs, "stages", names.Where(name => name.StartsWith("pretrain", StringComparison.Ordinal)).Last());
        Directory.CreateDirectory(victim);
        await File.WriteAllTextAsync(Path.Combine(victim, "tiny"), "in the way", TestContext.Current.CancellationToken);

        using var first = new HostFixture();
        Assert.Equal(ExitCodes.Failed, await first.RunAsync("sweep", file, "--out", runs));
        Assert.Contains("1 of 2 combinations are complete", first.Output);
        Assert.Matches(@"done: finetune from scratch .*\(in 0:\d\d:\d\d; \d of 5 stages done", first.Output);
        Assert.Contains("--retry-failed", first.Error);

        File.Delete(Path.Combine(victim, "tiny"));
        using var again = new HostFixture();
        Assert.Equal(ExitCodes.Failed, await again.RunAsync("sweep", file, "--out", runs)); // failed stages are left alone
        Assert.Equal(ExitCodes.Done, await again.RunAsync("report", file, "--runs", runs, "--format", "markdown"));
        Assert.Contains("pretrain failed: exit code", again.Output);
        using var retried = new HostFixture();
        int code = await retried.RunAsync("sweep", file, "--out", runs, "--retry-failed");
        Assert.True(code == ExitCodes.Done, retried.Error);
        Assert.Contains("2 of 2 combinations are complete", retried.Output);
    }

    [Fact]
    public async Task After_a_kill_of_the_sweep_its_job_saves_and_the_sweep_continues()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals of Linux.");
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Samples.Tiny.Replace("steps = 4", "steps = 400", StringComparison.Ordinal).Replace("checkpoint_every = 2\n\n[pretrain.decoder]", "checkpoint_every = 5\n\n[pretrain.decoder]", StringComparison.Ordinal)
            + "\n[sweep]\nseed = [0]\n"), runs = Path.Combine(host.Folder, "runs");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Path.GetDirectoryName(Repository.Plugins)!, "hiendmae.dll"), "sweep", file, "--out", runs]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using (Process sweep = Process.Start(start)!)
        {
            await Until(() => Checkpoints(runs).Length > 0);
            sweep.Kill(entireProcessTree: false);
            await sweep.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        int saved = Checkpoints(runs).Select(Path.GetFileName).Select(name => int.Parse(name!["step-".Length..], System.Globalization.CultureInfo.InvariantCulture)).Max();
        using var second = new HostFixture();
        int code = await second.RunAsync("sweep", file, "--out", runs, "--json");
        Assert.True(code == ExitCodes.Done, second.Error + second.Output);
        Assert.Single(Directory.GetDirectories(Path.Combine(runs, "stages"), "pretrain-*").SelectMany(stage => Directory.GetDirectories(Path.Combine(stage, "tiny"))));
        string log = await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(runs, "stages"), "log.txt", SearchOption.AllDirectories).First(path => path.Contains("pretrain-", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Contains("continues from step", log);
        Assert.InRange(saved, 5, 399);
    }

    [Fact]
    public async Task A_sweep_whose_folder_was_moved_continues_its_stages()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -KILL.");
        using var host = new HostFixture();
        string file = host.Write("sweep.toml", Samples.Tiny.Replace("steps = 3\n", "steps = 60\n", StringComparison.Ordinal) + "\n[sweep]\nseed = [0]\n"), runs = Path.Combine(host.Folder, "runs"), moved = Path.Combine(host.Folder, "moved");
        using (ProgramProcess sweep = ProgramProcess.Group("sweep", file, "--out", runs))
        {
            Assert.True(await sweep.WaitFor(() => Checkpoints(runs).Any(path => path.Contains("/finetune-pretrain/checkpoints/", StringComparison.Ordinal))));
            sweep.Kill(withChildren: true);
            await sweep.End();
        }
        Directory.Move(runs, moved);
        int code = await host.RunAsync("sweep", file, "--out", moved, "--json");
        Assert.True(code == ExitCodes.Done, host.Error + host.Output);
        Assert.False(Directory.Exists(runs));
        string stage = Assert.Single(Directory.GetDirectories(moved, "finetune-pretrain", SearchOption.AllDirectories), path => path.Contains("/stages/", StringComparison.Ordinal)), run = Path.GetDirectoryName(stage)!;
        Assert.Contains("continues from step", await File.ReadAllTextAsync(Path.Combine(run, "log.txt"), TestContext.Current.CancellationToken));
        // Only a path differs, which is no change of the config.
        Assert.False(File.Exists(Path.Combine(run, "config-changes.txt")));
        Assert.Equal(["combination|FINISHED|1", "job|FINISHED|3", "stage|FINISHED|5", "sweep|FINISHED|1"], Query.Rows(
            Path.Combine(moved, "mlflow.db"), "SELECT t.value, r.status, count(*) FROM runs r JOIN tags t USING (run_uuid) WHERE t.key = 'hiendmae.role' GROUP BY 1, 2 ORDER BY 1, 2"));
    }

    private static string[] Stages(string runs) => [.. Directory.GetDirectories(Path.Combine(runs, "stages")).Where(folder => !Path.GetFileName(folder).StartsWith("sweep-", StringComparison.Ordinal))];

    private static string[] Checkpoints(string runs) => Directory.Exists(runs) ? Directory.GetDirectories(runs, "step-*", SearchOption.AllDirectories) : [];

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; i < 1200 && !condition(); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }
}
