using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.ExperimentFiles.Paper;

namespace HiEndMae.Host.Tests.Reports;

/// <summary>experiments/paper and experiments/mini: the paper's tables as experiments.</summary>
public sealed class ShippedTablesTests
{
    private static IEnumerable<string> All => new[] { "paper", "mini" }.SelectMany(folder => Directory.GetFiles(Repository.Experiment(folder), "*.toml"))
        .Where(path => Path.GetFileName(path)[0] != '_').Select(path => Path.GetRelativePath(Repository.Experiment("."), path)).Order(StringComparer.Ordinal);

    public static TheoryData<string> Files() => [.. All.Where(file => !IsAnalysed(file))];

    public static TheoryData<string> Figures() => [.. All.Where(IsAnalysed)];

    // Figure 2 is a table of scores; the others are drawn by analyze.
    private static bool IsAnalysed(string file) => Path.GetFileName(file) is var name && name.StartsWith("figure", StringComparison.Ordinal) && name != "figure2.toml";

    [Theory]
    [MemberData(nameof(Figures))]
    public async Task Each_file_of_a_figure_is_valid_and_says_how_the_figure_is_drawn(string file)
    {
        using var host = new HostFixture();
        host.Variables["HIENDMAE_DATA"] = host.Folder;
        Assert.Equal(ExitCodes.Done, await host.RunAsync("sweep", Repository.Experiment(file), "--dry-run"));
        Assert.Equal("", host.Error);
        string text = await File.ReadAllTextAsync(Repository.Experiment(file), TestContext.Current.CancellationToken), name = file.Replace('/', '-').Replace(".toml", "", StringComparison.Ordinal);
        Assert.Contains($"name = \"{name}\"", text);
        Assert.Contains($"hiendmae analyze runs/{name} --what ", text);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Each_file_of_a_table_is_valid_and_its_report_lists_what_was_not_run(string file)
    {
        using var host = new HostFixture();
        host.Variables["HIENDMAE_DATA"] = host.Folder;
        host.Variables["HIENDMAE_WEIGHTS"] = host.Folder;
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", Repository.Experiment(file)));
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", Repository.Experiment(file), "--runs", Path.Combine(host.Folder, "runs"), "--format", "markdown"));
        Assert.Contains("of the paper: ", host.Output);
        Assert.Contains(": not run", host.Output);
    }

    [Fact]
    public async Task Fine_tuning_uses_the_numbers_of_cases_and_epochs_of_the_paper()
    {
        PaperTable cases = PaperTables.Get("table-s1");
        var epochs = new Dictionary<string, int> { ["1%"] = 5000, ["10%"] = 2000, ["100%"] = 1000 };
        using var host = new HostFixture();
        host.Variables["HIENDMAE_DATA"] = host.Folder;
        host.Variables["HIENDMAE_WEIGHTS"] = host.Folder;
        foreach (string file in new[] { "table3", "table6", "table-s4", "table-s5", "table-s6" })
        {
            using var one = new HostFixture();
            one.Variables["HIENDMAE_DATA"] = host.Folder;
            string path = Repository.Experiment($"paper/{file}.toml");
            Assert.Equal(ExitCodes.Done, await one.RunAsync("sweep", path, "--dry-run"));
            string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            int found = 0;
            foreach (string line in text.Split("[[sweep.list]]").Skip(1))
            {
                string dataset = Between(line, "dataset = \"", "\"", text), percent = epochs.Keys.Single(key => line.Contains($" {key}\"", StringComparison.Ordinal));
                int wanted = (int)cases.Rows.Single(row => Plain(row.Id) == dataset).Value(percent)!.Value;
                Assert.Contains($"num_cases = {wanted},", line);
                Assert.Equal(wanted * epochs[percent], int.Parse(Between(line, "steps = ", ",", text).Replace("_", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture));
                Assert.Contains($"warmup_steps = {50 * wanted} ", line);
                found++;
            }
            Assert.True(found >= 6);
        }
    }

    [Fact]
    public async Task Every_row_that_is_trained_here_is_in_a_file()
    {
        var rows = new Dictionary<string, string[]>
        {
            ["table5"] = ["75%", "80%", "85%", "90%", "95%"],
            ["table6"] = ["MAE", "Hi-End-MAE"],
            ["table7"] = [.. PaperTables.Get("table7").Rows.Select(row => row.Id)],
            ["figure2"] = ["1K", "3K", "5K", "10K"],
        };
        foreach ((string table, string[] wanted) in rows)
        {
            foreach (string folder in new[] { "paper", "mini" })
            {
                string text = await File.ReadAllTextAsync(Repository.Experiment($"{folder}/{table}.toml"), TestContext.Current.CancellationToken);
                Assert.All(wanted, row => Assert.Contains($"\"{row}\"", text));
            }
        }
    }

    [Fact]
    public async Task The_decoders_of_table_6_cost_what_the_paper_says()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("flops", Repository.Experiment("paper/table6.toml"), "--json"));
        Assert.Equal([16.44m, 10.69m], JsonNode.Parse(host.Output)!.AsArray().Select(one => one!["decoder_gflops_paper"]!.GetValue<decimal>()).Distinct());
    }

    private static string Between(string line, string before, string after, string otherwise)
    {
        string text = line.Contains(before, StringComparison.Ordinal) ? line : otherwise;
        int start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }

    private static string Plain(string name) => name.Replace("'", "", StringComparison.Ordinal).ToLowerInvariant();
}
