using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests.Reports;

public sealed class ReportTests
{
    [Theory]
    [InlineData("md")]
    [InlineData("csv")]
    [InlineData("tex")]
    public async Task Runs_fill_the_paper_s_table(string ending)
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        runs.Table5();
        string path = Path.Combine(host.Folder, "report." + ending);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--out", path));
        Golden("table5." + ending, File.ReadAllText(path));
    }

    [Fact]
    public async Task Numbers_equal_those_of_the_runs()
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        runs.Table5();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--format", "csv"));
        string[] cells = host.Output.Split('\n').Single(line => line.StartsWith("demo,table5,75%,phantoms,", StringComparison.Ordinal)).Split(',');
        double[] values = [61.2, 63.4, 59.8];
        double mean = values.Sum() / 3, deviation = Math.Sqrt(values.Sum(value => Math.Pow(value - mean, 2)) / 2), half = 4.303 * deviation / Math.Sqrt(3);
        Assert.Equal([mean, deviation, mean - half, mean + half], cells[5..9].Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal("3", cells[9]);
    }

    [Fact]
    public async Task Rows_are_compared_seed_by_seed()
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        runs.Table5();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--format", "markdown"));
        // Differences 4.1, 3.2, 3.2: mean 3.5, deviation 0.5196, interval 1.29: better, though the rows' own intervals overlap. The paper: 69.25 - 63.28.
        Assert.Contains("| 75% | 95% | phantoms | +3.50 ± 1.29 | 3 | 0.007 | **better** | +5.97 | Avg |", host.Output);
    }

    [Fact]
    public async Task Missing_results_are_listed_with_the_reason()
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        runs.Table5();
        string killed = runs.Unfinished("demo", FakeRuns.Table5Config(0, 0.9, "90%"), "2026-01-01T00:00:00.0000000+00:00 pretrain: step 40.");
        foreach (string file in Directory.GetFiles(killed)) File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 2, 3, 4, 0, DateTimeKind.Utc));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--format", "markdown"));
        Assert.Contains("- 80%: failed: The loss is NaN at step 40 (20260101-000007-abcdef01)", host.Output);
        Assert.Contains("interrupted; run it again with --resume", host.Output);
        Assert.Contains("killed; its last message is from 2026-01-02 03:04 UTC", host.Output);
    }

    [Fact]
    public async Task Runs_of_a_file_are_found_by_fingerprint_and_missing_ones_are_named()
    {
        using var host = new HostFixture();
        string file = host.Write("table.toml", Samples.Tiny.Replace("name = \"tiny\"", "name = \"tiny\"\nseed = 0", StringComparison.Ordinal) + """

            [report]
            table = "table2"
            column = "BTCV"
            rows = { scratch = "UNETR", pretrain = "Hi-End-MAE" }

            [sweep]
            seed = [0, 1]
            """);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", file, "--json"));
        string fingerprint = System.Text.Json.Nodes.JsonNode.Parse(host.Output)![0]!["combinations"]![0]!["fingerprint"]!.GetValue<string>();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        string run = runs.Finished("tiny", "", ("scratch", 0.25, [("background", 0.9)]), ("pretrain", 0.5, [("background", 0.9)]));
        File.WriteAllText(Path.Combine(run, "fingerprint.txt"), fingerprint + "\n");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", file, "--runs", runs.Folder, "--format", "markdown"));
        Assert.Contains("| Hi-End-MAE | UNETR | ours | paper | **69.59** |", host.Output);
        Assert.Contains("|  |  |  | ours | **50.00** |", host.Output);
        Assert.Contains("|  |  |  | difference | -19.59 |", host.Output);
        Assert.Contains("- UNETR, Hi-End-MAE: not run (seed=1)", host.Output);
        Assert.Contains("No experiment here provides the rows SwinUNETR, SparK, MAE", host.Output);
    }

    [Fact]
    public async Task Mean_columns_of_the_paper_are_means_of_our_columns()
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        string[] columns = ["BTCV", "CT-ORG", "Sliver07", "WORD", "AMOS", "FLARE'22"];
        for (int seed = 0; seed < 2; seed++)
        {
            for (int i = 0; i < columns.Length; i++)
            {
                runs.Finished("means", $"seed = {seed}\nfinetune.data.seed = {i}\n[report]\ntable = \"table5\"\ncolumn = \"{columns[i]}\"\nrows = {{ pretrain = \"75%\" }}\n",
                    ("pretrain", 0.5 + (0.01 * i) + (0.02 * seed), []));
            }
        }
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--format", "csv"));
        string[] mean = host.Output.Split('\n').Single(line => line.StartsWith("means,table5,75%,Avg,", StringComparison.Ordinal)).Split(',');
        // 52.5 and 54.5 by seed.
        Assert.Equal(["69.25", "53.5000", "1.4142", "40.7940", "66.2060", "2", "-15.7500"], mean[4..]);
    }

    [Fact]
    public async Task Experiments_without_a_table_of_the_paper_get_their_own()
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        for (int seed = 0; seed < 2; seed++)
        {
            runs.Finished("free", $"seed = {seed}\n[pretrain]\nmask_ratio = 0.75\n",
                ("scratch", 0.40, [("background", 0.9), ("liver", 0.5)]), ("pretrain", 0.45 + (0.02 * seed), [("background", 0.9), ("liver", null)]));
        }
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder));
        Assert.Contains("pretrain │ scratch │ mean │", host.Output);
        Assert.Contains("+6.00 ± 12.71", host.Output);
        Assert.Contains("no difference shown", host.Output);
    }

    [Fact]
    public async Task Rows_are_named_by_the_keys_that_differ_and_scratch_without_keys_of_pre_training()
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        runs.Finished("free", "[pretrain]\nmask_ratio = 0.75\nsteps = 60\n", ("scratch", 0.40, []), ("pretrain", 0.45, []));
        runs.Finished("free", "[pretrain]\nmask_ratio = 0.95\nsteps = 60\n", ("pretrain", 0.43, []));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--format", "csv"));
        string[] rows = [.. host.Output.Split('\n').Where(line => line.StartsWith("free,", StringComparison.Ordinal)).Select(line => line.Split(',')[2])];
        Assert.Equal(["scratch", "pretrain.mask_ratio=0.75 pretrain", "pretrain.mask_ratio=0.95 pretrain"], rows);
    }

    [Fact]
    public async Task The_newest_run_of_a_config_is_used_and_runs_of_other_configs_are_left_out()
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        runs.Finished("again", FakeRuns.Table5Config(0, 0.75, "75%"), ("pretrain", 0.1, []));
        runs.Finished("again", FakeRuns.Table5Config(0, 0.75, "75%"), ("pretrain", 0.2, []));
        runs.Finished("again", FakeRuns.Table5Config(0, 0.75, "75%").Replace("steps = 600", "steps = 900", StringComparison.Ordinal), ("pretrain", 0.3, []));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--format", "csv"));
        Assert.Contains("again,table5,75%,phantoms,,30.0000,,,,1,", host.Output);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--format", "markdown"));
        Assert.Contains("2 runs of other configs are left out; the newest has pretrain.steps = 900", host.Output.Replace("\\_", "_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_paper_s_table_can_be_printed_alone()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", host.Folder, "--paper", "table4", "--format", "markdown"));
        Assert.Contains("| Hi-End-MAE | UNETR | paper | **55.35** | 68.25 | **67.46** | **61.45** |", host.Output);
        Assert.Contains("printed 61.45, but 63.69 by the mean of its 3 cells", host.Output);
    }

    [Theory]
    [InlineData("no-such-folder' does not exist", "no-such-folder")]
    [InlineData("There is no run in", "empty")]
    [InlineData("cannot read the file", "no-such-file.toml")]
    [InlineData("'table9' is not a table of the paper", "empty", "--paper", "table9")]
    [InlineData("Cannot infer a format from '.docx'", "empty", "--out", "report.docx")]
    [InlineData("cannot be written to a file", "empty", "--out", "report.md", "--format", "terminal", "--paper", "table5")]
    [InlineData("--set needs an experiment file", "empty", "--set", "seed=1")]
    public async Task Wrong_input_gives_one_line_of_error(string message, string source, params string[] more)
    {
        using var host = new HostFixture();
        Directory.CreateDirectory(Path.Combine(host.Folder, "empty"));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(["report", Path.Combine(host.Folder, source), .. more.Select(text => text.StartsWith("report.", StringComparison.Ordinal) ? Path.Combine(host.Folder, text) : text)]));
        Assert.Contains(message, host.Error);
        Assert.DoesNotContain("   at ", host.Error);
    }

    [Fact]
    public async Task Unreadable_results_do_not_hide_other_runs()
    {
        using var host = new HostFixture();
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        runs.Table5();
        string torn = runs.Unfinished("demo", FakeRuns.Table5Config(0, 0.9, "90%"), "done");
        File.WriteAllText(Path.Combine(torn, "results.json"), "{ \"evaluations\": {");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--format", "markdown"));
        Assert.Contains("its results.json cannot be read", host.Output.Replace("\\_", "_", StringComparison.Ordinal));
        Assert.Contains("61.47 ± 4.51", host.Output);
    }

    private static void Golden(string name, string text)
    {
        string path = Path.Combine(Repository.Root, "tests", "Host.Tests", "Reports", "goldens", name);
        if (Environment.GetEnvironmentVariable("HIENDMAE_UPDATE_SNAPSHOTS") == "1") File.WriteAllText(path, text);
        Assert.Equal(File.ReadAllText(path), text);
    }
}
