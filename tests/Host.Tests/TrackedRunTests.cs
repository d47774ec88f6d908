using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Mlflow.Tests;

namespace HiEndMae.Host.Tests;

/// <summary>What a user finds in MLflow after a run, and does with it: search, tags, models by address, evaluations made later.</summary>
public sealed class TrackedRunTests(TrackedRunTests.RegisteredRun run) : IClassFixture<TrackedRunTests.RegisteredRun>
{
    [Fact]
    public void One_run_has_curves_parameters_and_scores()
    {
        // What metrics.loss < 1e9 and params."pretrain.mask_ratio" = '0.75' asks for.
        const string Meeting = "SELECT DISTINCT r.name FROM runs r JOIN params p USING (run_uuid) JOIN latest_metrics m USING (run_uuid) WHERE p.key = 'pretrain.mask_ratio' AND p.value = '0.75' AND m.key = '{0}' AND r.name LIKE '%: first try' ORDER BY 1";
        Assert.Equal(["finetune-pretrain: first try", "pretrain: first try"], Query.Rows(run.Database, string.Format(null, Meeting, "loss")));
        Assert.Equal(["evaluate-pretrain: first try"], Query.Rows(run.Database, string.Format(null, Meeting, "dice.mean")));
        Assert.Equal(["evaluate-pretrain: first try", "evaluate-scratch: first try"],
            Query.Rows(run.Database, "SELECT name FROM runs JOIN tags t USING (run_uuid) WHERE t.key = 'hiendmae.result' AND t.value = 'true' AND name LIKE '%: first try' ORDER BY 1"));
    }

    [Fact]
    public void Names_and_tags_come_from_the_file()
    {
        Assert.Equal(["6"], Query.Rows(run.Database, "SELECT count(*) FROM runs JOIN tags t USING (run_uuid) WHERE t.key = 'team' AND t.value = 'liver' AND name LIKE '%first try'"));
        // Other tests of this class add runs later.
        Assert.Equal(["first try"], Query.Rows(run.Database, "SELECT name FROM runs JOIN tags t USING (run_uuid) WHERE t.key = 'hiendmae.role' AND t.value = 'experiment' ORDER BY start_time LIMIT 1"));
        Assert.Equal(["study|abdomen"], Query.Rows(run.Database, "SELECT key, value FROM experiment_tags WHERE key = 'study'"));
    }

    [Fact]
    public void Log_metrics_report_and_results_are_among_the_artifacts()
    {
        string artifacts = Assert.Single(Query.Rows(run.Database, "SELECT artifact_uri FROM runs WHERE name = 'first try'"));
        Assert.Superset(
            new HashSet<string> { "experiment.toml", "environment.json", "results.json", "log.txt", "metrics.jsonl", "report.html" },
            Directory.GetFiles(artifacts).Select(path => Path.GetFileName(path)).ToHashSet());
    }

    [Fact]
    public async Task A_registered_model_gives_the_same_predictions_as_the_run()
    {
        using var host = new HostFixture();
        Use(host);
        string scan = Scan(host.Folder), theirs = Path.Combine(host.Folder, "theirs");
        Assert.Equal(["1|organs", "2|organs"], Query.Rows(run.Database, "SELECT version, name FROM model_versions ORDER BY version"));
        // Each start is a model of its own, the last one and the one before it.
        foreach ((string start, int version) in new[] { ("scratch", 1), ("pretrain", 2) })
        {
            string mine = Path.Combine(host.Folder, start);
            Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", run.Folder, scan, "--start", start, "--probabilities", "--out", mine));
            foreach (string address in (string[])[$"models:/organs/{version}", $"runs:/{run.IdOf("finetune-" + start)}/model"])
            {
                int code = await host.RunAsync("predict", address, scan, "--probabilities", "--out", theirs);
                Assert.True(code == ExitCodes.Done, host.Error);
                Assert.Equal(await Bytes(mine), await Bytes(theirs));
                Directory.Delete(theirs, recursive: true);
            }
        }
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("predict", "models:/organs/77", scan, "--out", theirs));
        Assert.Contains("models:/organs/77 cannot be downloaded from", host.Error);

        static Task<byte[]> Bytes(string folder) => File.ReadAllBytesAsync(Path.Combine(folder, "scan_prob.nii.gz"), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Fine_tuning_from_an_address_equals_fine_tuning_from_the_weights()
    {
        using var host = new HostFixture();
        Use(host);
        string file = host.Write("tiny.toml", Samples.Tiny), weights = Path.Combine(run.Folder, "finetune-pretrain", "checkpoints", "step-00000003");
        byte[] expected = await Train(weights);
        Assert.Equal(expected, await Train("models:/organs/2"));
        Assert.Equal(expected, await Train($"runs:/{run.IdOf("finetune-pretrain")}/model"));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("run", file, "--out", Path.Combine(host.Folder, "none"), "--set", "finetune.init=[\"models:/nothing/1\"]"));
        Assert.Contains("models:/nothing/1", host.Error);
        Assert.False(Directory.Exists(Path.Combine(host.Folder, "none", "tiny")));

        async Task<byte[]> Train(string start)
        {
            string output = Path.Combine(host.Folder, Guid.NewGuid().ToString("N"));
            int code = await host.RunAsync("run", file, "--out", output, "--set", $"finetune.init=[\"{start}\"]", "--set", "finetune.steps=2", "--set", "tracking.model=false");
            Assert.True(code == ExitCodes.Done, host.Error);
            byte[] trained = await File.ReadAllBytesAsync(
                Directory.GetFiles(output, "weights.safetensors", SearchOption.AllDirectories).Single(path => path.Contains("finetune-", StringComparison.Ordinal) && path.Contains("step-00000002", StringComparison.Ordinal)),
                TestContext.Current.CancellationToken);
            // The header names the experiment's fingerprint, and with it the start.
            return trained[(8 + BitConverter.ToInt32(trained))..];
        }
    }

    [Fact]
    public async Task A_run_as_start_means_the_weights_of_its_pretraining()
    {
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Tiny);
        byte[] expected = await Train(Path.Combine(run.Folder, "pretrain", "checkpoints"));
        Assert.Equal(expected, await Train(run.Folder));
        Assert.Equal(expected, await Train(Path.Combine(run.Folder, "pretrain")));

        async Task<byte[]> Train(string start)
        {
            string output = Path.Combine(host.Folder, Guid.NewGuid().ToString("N"));
            int code = await host.RunAsync("run", file, "--out", output, "--set", $"finetune.init=[\"{start}\"]", "--set", "finetune.steps=1", "--set", "tracking.enabled=false");
            Assert.True(code == ExitCodes.Done, host.Error);
            byte[] trained = await File.ReadAllBytesAsync(
                Directory.GetFiles(output, "weights.safetensors", SearchOption.AllDirectories).Single(path => path.Contains("finetune-", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
            return trained[(8 + BitConverter.ToInt32(trained))..];
        }
    }

    [Theory]
    [InlineData("absent.safetensors", ExitCodes.BadUsage, "'absent.safetensors' does not exist")]
    [InlineData("damaged.safetensors", ExitCodes.BadData, "'damaged.safetensors' cannot be used")]
    public async Task A_start_that_cannot_be_used_ends_the_run_before_anything_is_computed(string name, int code, string message)
    {
        using var host = new HostFixture();
        string start = Path.Combine(host.Folder, name), output = Path.Combine(host.Folder, "out");
        if (name[0] == 'd') await File.WriteAllTextAsync(start, "no weights", TestContext.Current.CancellationToken);
        Assert.Equal(code, await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny), "--out", output, "--set", $"finetune.init=[\"pretrain\", \"{start}\"]"));
        Assert.Contains(message.Replace(name, start, StringComparison.Ordinal), host.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
    }

    [Fact]
    public async Task A_later_evaluation_is_tracked_as_a_child_run_with_its_own_results()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("evaluate", run.Folder, "--start", "scratch", "--flips", "x", "--out", Path.Combine(host.Folder, "again")));
        Assert.Equal("", host.Error);
        string id = Assert.Single(Query.Rows(run.Database, "SELECT run_uuid FROM runs JOIN tags t USING (run_uuid) WHERE t.key = 'hiendmae.role' AND t.value = 'evaluation'"));
        Assert.Equal([run.IdOf("")], Query.Rows(run.Database, $"SELECT value FROM tags WHERE key = 'mlflow.parentRunId' AND run_uuid = '{id}'"));
        Assert.NotEmpty(Query.Rows(run.Database, $"SELECT value FROM latest_metrics WHERE key = 'dice.mean' AND run_uuid = '{id}'"));
        Assert.Equal(["[\"x\"]"], Query.Rows(run.Database, $"SELECT value FROM params WHERE key = 'evaluate.flips' AND run_uuid = '{id}'"));
        Assert.Empty(Query.Rows(run.Database, $"SELECT key FROM params WHERE key LIKE 'pretrain.%' AND run_uuid = '{id}'"));
        Assert.True(File.Exists(Path.Combine(Assert.Single(Query.Rows(run.Database, $"SELECT artifact_uri FROM runs WHERE run_uuid = '{id}'")), "results.json")));
    }

    [Fact]
    public async Task A_run_directory_can_be_moved()
    {
        using var host = new HostFixture();
        string moved = Path.Combine(host.Folder, "elsewhere", "renamed");
        Copy(run.Folder, moved);
        foreach (string path in Directory.GetFiles(moved, "results.json", SearchOption.AllDirectories)) Assert.DoesNotContain(run.Root, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        string output = Path.Combine(host.Folder, "scores");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("evaluate", moved, "--start", "pretrain", "--out", output, "--set", "evaluate.overlap=0.25"));
        JsonNode before = Results(run.Folder), after = Results(output);
        Assert.Equal(before["pretrain"]!["scores"]!.ToJsonString(), after["pretrain"]!["scores"]!.ToJsonString());
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", moved, Scan(host.Folder), "--out", Path.Combine(host.Folder, "labels")));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", moved, "--out", Path.Combine(host.Folder, "report.html")));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", RegisteredRun.Text), "--out", Path.Combine(host.Folder, "elsewhere"), "--resume"));

        static JsonNode Results(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "results.json")))!["evaluations"]!;
    }

    [Fact]
    public async Task Tracking_that_is_turned_off_leaves_nothing()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs"), file = host.Write("tiny.toml", Samples.Pretraining);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs, "--set", "tracking.enabled=false", "--set", "pretrain.steps=1"));
        Assert.Contains("not tracked", host.Output);
        Assert.False(File.Exists(Path.Combine(runs, "mlflow.db")));
        Assert.Empty(Directory.GetFileSystemEntries(runs, "track*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("databricks")]
    [InlineData("azureml://eastus.api.azureml.ms")]
    [InlineData("file:///tmp/mlruns")]
    [InlineData("postgresql://localhost/mlflow")]
    public async Task An_address_that_cannot_be_used_is_refused_before_anything_is_written(string address)
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs"), file = host.Write("tiny.toml", Samples.Pretraining);
        string[][] commands = [["validate", file], ["run", file, "--dry-run", "--out", runs], ["run", file, "--out", runs]];
        foreach (string[] command in commands) Assert.Equal(ExitCodes.BadUsage, await host.RunAsync([.. command, "--set", $"tracking.uri=\"{address}\""]));
        Assert.Contains("HEM081", host.Error);
        host.Variables["MLFLOW_TRACKING_URI"] = address;
        foreach (string[] command in commands) Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(command));
        Assert.Contains("(MLFLOW_TRACKING_URI)", host.Error);
        Assert.False(Directory.Exists(runs));
    }

    // The model and its store, as a user who works in another folder names them.
    private void Use(HostFixture host)
    {
        host.Variables["MLFLOW_TRACKING_URI"] = $"sqlite:///{run.Database}";
        host.Variables["XDG_CACHE_HOME"] = Path.Combine(host.Folder, "cache");
    }

    private static string Scan(string folder)
    {
        string path = Path.Combine(folder, "scan.nii.gz");
        var size = new Size3(22, 15, 19);
        NiftiWriter.Write(path, new Volume<float>(1, size, Affine.FromRows(new double[,] { { 12, 0, 0, 0 }, { 0, 12, 0, 0 }, { 0, 0, 12, 0 } }), [.. Enumerable.Range(0, (int)size.Count).Select(i => (float)(i * 7919 % 400 - 200))]), TestContext.Current.CancellationToken);
        return path;
    }

    private static void Copy(string from, string to)
    {
        foreach (string path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    /// <summary>One tiny run that names, tags and registers everything, for all tests of the class.</summary>
    public sealed class RegisteredRun : IAsyncLifetime
    {
        public const string Text = Samples.Tiny + """


            [tracking]
            run_name = "first try"
            register = "organs"
            tags = { team = "liver" }
            experiment_tags = { study = "abdomen" }
            """;

        private readonly HostFixture host = new();

        public string Root => host.Folder;

        public string Folder { get; private set; } = "";

        public string Database => Path.Combine(host.Folder, "mlflow.db");

        /// <summary>The store's id of a stage's run; of the experiment's own where <paramref name="stage"/> is empty.</summary>
        public string IdOf(string stage) => Assert.Single(Query.Rows(Database, $"SELECT run_uuid FROM runs WHERE name = '{(stage.Length > 0 ? stage + ": " : "")}first try'"));

        public async ValueTask InitializeAsync()
        {
            int code = await host.RunAsync("run", host.Write("tiny.toml", Text), "--out", host.Folder);
            Assert.True(code == ExitCodes.Done, host.Error);
            Folder = Directory.GetDirectories(Path.Combine(host.Folder, "tiny")).Single();
        }

        public ValueTask DisposeAsync()
        {
            host.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
