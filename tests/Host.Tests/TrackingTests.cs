using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Mlflow.Tests;

namespace HiEndMae.Host.Tests;

/// <summary>What runs leave in MLflow's database, and the verbs of <c>track</c>.</summary>
public sealed class TrackingTests
{
    [Fact]
    public async Task A_killed_and_resumed_run_is_tracked_like_an_uninterrupted_one()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs"), file = host.Write("tiny.toml", Samples.Tiny);
        string[] settings = ["--out", runs, "--set", "tracking.predictions=true", "--set", "tracking.checkpoints=upload"];
        Assert.Equal(ExitCodes.Done, await host.RunAsync(["run", file, .. settings]));
        Assert.Equal("", host.Error);
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(runs, "tiny"))), database = Path.Combine(runs, "mlflow.db");
        // As a kill in the middle of the last fine-tuning leaves it.
        File.Delete(Path.Combine(run, "results.json"));
        Directory.Delete(Path.Combine(run, "finetune-pretrain", "checkpoints", "step-00000003"), recursive: true);
        Assert.Equal(ExitCodes.Done, await host.RunAsync(["run", file, .. settings, "--resume"]));

        Assert.Equal(
            ["evaluate-pretrain", "evaluate-scratch", "experiment", "finetune-pretrain", "finetune-scratch", "pretrain"],
            Query.Rows(database, "SELECT coalesce(s.value, t.value) FROM runs r JOIN tags t ON t.run_uuid = r.run_uuid AND t.key = 'hiendmae.role' LEFT JOIN tags s ON s.run_uuid = r.run_uuid AND s.key = 'hiendmae.stage' WHERE r.status = 'FINISHED' ORDER BY 1"));
        Assert.Equal(["1", "2", "3"], Query.Rows(database, "SELECT m.step FROM metrics m JOIN runs r USING (run_uuid) WHERE r.name LIKE 'finetune-pretrain:%' AND m.key = 'loss' ORDER BY m.step"));
        Assert.Empty(Query.Rows(database, "SELECT key FROM metrics WHERE key NOT LIKE 'system/%' GROUP BY run_uuid, key, step HAVING count(*) > 1"));
        Assert.Equal(["pretraining"], Query.Rows(database, "SELECT t.value FROM input_tags t JOIN inputs i USING (input_uuid) JOIN runs r ON r.run_uuid = i.destination_id WHERE r.name LIKE 'pretrain:%'"));
        Assert.NotEmpty(Query.Rows(database, "SELECT key FROM metrics m JOIN runs r USING (run_uuid) WHERE r.name LIKE 'evaluate-scratch:%' AND key LIKE 'dice.%'"));
        string artifacts = Assert.Single(Query.Rows(database, "SELECT artifact_uri FROM runs WHERE name LIKE 'finetune-scratch:%'"));
        Assert.Contains("weights.safetensors", Directory.GetFiles(Path.Combine(artifacts, "checkpoint")).Select(Path.GetFileName));
        Assert.True(File.Exists(Path.Combine(artifacts, "checkpoint.json")));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(Assert.Single(Query.Rows(database, "SELECT artifact_uri FROM runs WHERE name LIKE 'evaluate-scratch:%'")), "predictions"), "*.nii.gz"));

        // Nothing waits; the database gone, all of it comes again.
        List<string> before = Everything(database);
        foreach (string part in Directory.GetFiles(runs, "mlflow.db*")) File.Delete(part);
        using var later = new HostFixture();
        Assert.Equal(ExitCodes.Done, await later.RunAsync("track", "sync", runs));
        Assert.Equal(ExitCodes.Done, await later.RunAsync("track", "status", runs, "--json"));
        JsonNode status = JsonNode.Parse(later.Output[later.Output.IndexOf('[', StringComparison.Ordinal)..])![0]!;
        Assert.Equal((0, 0, 0), ((int)status["waiting"]!, (int)status["refused"]!, (int)status["torn"]!));
        Assert.Equal(before.Count, Everything(database).Count);
        Assert.Equal(before, Everything(database));
    }

    [Fact]
    public async Task A_missing_server_does_not_end_a_run()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs");
        host.Variables["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:9";
        host.Variables["MLFLOW_TRACKING_TOKEN"] = "s3cret-token";
        string file = host.Write("tiny.toml", Samples.Tiny[..Samples.Tiny.IndexOf("[finetune]", StringComparison.Ordinal)]);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs));
        Assert.Contains("warning: tracking: The tracking server http://127.0.0.1:9 cannot be reached", host.Error);
        Assert.Contains("hiendmae track sync", host.Error);
        Assert.False(File.Exists(Path.Combine(runs, "mlflow.db")));
        Assert.All(Directory.GetFiles(runs, "*", SearchOption.AllDirectories), path => Assert.DoesNotContain("s3cret", File.ReadAllText(path)));
        Assert.DoesNotContain("s3cret", host.Error + host.Output);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("track", "sync", runs, "--uri", $"sqlite:///{Path.Combine(runs, "mlflow.db")}"));
        Assert.Equal(["FINISHED"], Query.Rows(Path.Combine(runs, "mlflow.db"), "SELECT DISTINCT status FROM runs"));
    }

    [Fact]
    public async Task Track_reports_errors_clearly()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("track", "sync", host.Folder));
        Assert.Contains("is not a run directory and contains none", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("track", "ui", host.Folder));
        Assert.Contains("there is no", host.Error);
        string run = Path.Combine(host.Folder, "run");
        Directory.CreateDirectory(Path.Combine(run, "tracking"));
        await File.WriteAllTextAsync(Path.Combine(run, "tracking", "spool.log"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(run, "tracking.json"), "{\"store\": \"http://host:5000\", \"run\": \"1\"}", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("track", "ui", host.Folder));
        Assert.Contains($"the runs in '{host.Folder}' are on http://host:5000", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("track", "sync", host.Folder, "--uri", "databricks"));
        Assert.Contains("Databricks workspace", host.Error);
        string database = host.Write("mlflow.db", "");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("track", "ui", host.Folder));
        Assert.Contains($"mlflow db upgrade sqlite:///{database}", host.Output);
        Assert.Contains($"mlflow ui --backend-store-uri sqlite:///{database}", host.Output);
        Assert.Contains("an older MLflow cannot open it afterwards", host.Error);
        Assert.Equal(ExitCodes.Failed, await host.RunAsync("track", "ui", host.Folder, "--run"));
        Assert.Contains("mlflow is not on PATH", host.Error);
    }

    [Fact]
    public async Task Track_ui_runs_the_installed_MLflow()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program of this test is a shell script.");
        using var host = new HostFixture();
        string database = host.Write("mlflow.db", ""), log = Path.Combine(host.Folder, "log"), program = host.Write("mlflow", $"#!/bin/sh\necho \"$@\" >> '{log}'\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        host.Variables["PATH"] = host.Folder;
        Assert.Equal(ExitCodes.Done, await host.RunAsync("track", "ui", host.Folder, "--run"));
        Assert.Equal([$"db upgrade sqlite:///{database}", $"ui --backend-store-uri sqlite:///{database}"], await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken));
    }

    // Without ids, which a new database gives anew.
    private static List<string> Everything(string database) =>
    [
        .. Query.Rows(database, "SELECT name, status, start_time, end_time FROM runs ORDER BY name"),
        .. Query.Rows(database, "SELECT r.name, m.key, m.step, m.timestamp, m.value, m.is_nan FROM metrics m JOIN runs r USING (run_uuid) ORDER BY 1, 2, 3, 4"),
        .. Query.Rows(database, "SELECT r.name, p.key, p.value FROM params p JOIN runs r USING (run_uuid) ORDER BY 1, 2"),
        .. Query.Rows(database, "SELECT r.name, t.key, t.value FROM tags t JOIN runs r USING (run_uuid) WHERE t.key NOT IN ('mlflow.parentRunId', 'mlflow.user', 'mlflow.log-model.history') ORDER BY 1, 2"),
        .. Query.Rows(database, "SELECT r.name, d.name, d.digest FROM datasets d JOIN inputs i ON i.source_id = d.dataset_uuid JOIN runs r ON r.run_uuid = i.destination_id ORDER BY 1, 2, 3"),
    ];
}
