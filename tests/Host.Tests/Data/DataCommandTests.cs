using System.Diagnostics;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests.Data;

/// <summary>Preparing and inspecting from the command line, and what runs leave in the cache.</summary>
public sealed class DataCommandTests
{
    [Fact]
    public async Task Prepare_fills_the_cache_once_and_runs_use_it()
    {
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Tiny), runs = Path.Combine(host.Folder, "runs"), cache = Path.Combine(runs, ".cache", "cases");
        JsonNode[] first = await PrepareAsync(host, file, runs);
        Assert.Equal([(3, 3), (1, 1), (1, 1)], first.Select(stage => ((int)stage["cases"]!, (int)stage["new"]!)));
        DateTime[] made = Times();
        // Three to pre-train on, one to fine-tune on, one to evaluate.
        Assert.Equal(5, made.Length);
        Assert.Equal([0, 0, 0], (await PrepareAsync(host, file, runs)).Select(stage => (int)stage["new"]!));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs));
        Assert.Equal(made, Times());
        string run = Path.GetDirectoryName(Directory.GetFiles(runs, "results.json", SearchOption.AllDirectories).Single(path => !path.Contains("mlruns", StringComparison.Ordinal)))!;
        JsonNode cases = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "pretrain", "cases.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(["phantom-pretraining-000", "phantom-pretraining-001", "phantom-pretraining-002"], cases["cases"]!.AsArray().Select(id => (string)id!));

        DateTime[] Times() => [.. Directory.GetFiles(cache, "image.npy", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc)];
    }

    [Fact]
    public async Task A_cache_in_memory_and_other_loaders_give_the_same_weights()
    {
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Tiny);
        byte[][] weights = [await WeightsAsync("disk"), await WeightsAsync("memory", "--set", "cache.store=memory"), await WeightsAsync("plain", "--set", "loader.prefetch=0"), await WeightsAsync("many", "--set", "loader.workers=3", "--set", "loader.prefetch=4")];
        Assert.All(weights, one => Assert.Equal(weights[0], one));
        Assert.False(Directory.Exists(Path.Combine(host.Folder, "memory", ".cache")));

        async Task<byte[]> WeightsAsync(string name, params string[] more)
        {
            string runs = Path.Combine(host.Folder, name);
            Assert.Equal(ExitCodes.Done, await host.RunAsync(["run", file, "--out", runs, .. more]));
            return await File.ReadAllBytesAsync(Directory.GetFiles(runs, "weights.safetensors", SearchOption.AllDirectories)
                .Where(path => path.Contains("finetune-pretrain", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Last(), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Broken_cases_are_named_and_by_setting_skipped_or_fatal()
    {
        using var host = new HostFixture();
        string scans = Path.Combine(host.Folder, "scans");
        foreach (string name in (string[])["a", "b"]) FakeScan.Write(Path.Combine(scans, $"{name}.nii.gz"));
        await File.WriteAllTextAsync(Path.Combine(scans, "bad.nii.gz"), "no scan", TestContext.Current.CancellationToken);
        string file = host.Write("folder.toml", Samples.Folder), runs = Path.Combine(host.Folder, "runs");
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("data", "inspect", file));
        Assert.Contains("broken: bad: ", host.Error);
        Assert.Contains("broken: 1", host.Output);
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("data", "prepare", file, "--out", runs));
        Assert.Contains("2 of 3 cases", host.Output);
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("run", file, "--out", runs));
        Assert.Contains("on_broken", host.Error);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs, "--set", "loader.on_broken=skip"));
        string list = Directory.GetFiles(runs, "cases.json", SearchOption.AllDirectories).Single();
        JsonNode cases = JsonNode.Parse(await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken))!;
        Assert.Equal(["a", "b"], cases["cases"]!.AsArray().Select(id => (string)id!));
        Assert.Equal("bad", (string)cases["broken"]![0]!["case"]!);
        Assert.DoesNotContain("   at ", host.Error);
    }

    [Fact]
    public async Task Subsets_are_recorded_and_wrong_ones_are_refused()
    {
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Tiny), runs = Path.Combine(host.Folder, "runs");
        string[] pretrainOnly = ["--set", "pretrain.steps=1", "--set", "finetune.init=[\"scratch\"]", "--set", "finetune.steps=1", "--out", runs];
        Assert.Equal(ExitCodes.Done, await host.RunAsync(["run", file, .. pretrainOnly, "--set", "pretrain.data.subset.fraction=0.7", "--set", "pretrain.data.subset.seed=1"]));
        string list = Directory.GetFiles(runs, "cases.json", SearchOption.AllDirectories).Single(path => path.Contains("pretrain", StringComparison.Ordinal));
        Assert.Equal(2, JsonNode.Parse(await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken))!["cases"]!.AsArray().Count);
        Assert.Equal(ExitCodes.BadData, await host.RunAsync(["run", file, .. pretrainOnly, "--set", "pretrain.data.subset.count=4"]));
        Assert.Contains("a subset of 4", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", file, "--set", "pretrain.data.subset.count=1", "--set", "pretrain.data.subset.fraction=0.5"));
        Assert.Contains("'fraction' in [pretrain.data.subset]", host.Error);
    }

    [Fact]
    public async Task A_mixture_of_named_datasets_is_pretrained_on()
    {
        using var host = new HostFixture();
        foreach (string name in (string[])["one/a", "one/b", "two/c"]) FakeScan.Write(Path.Combine(host.Folder, $"{name}.nii.gz"));
        string text = Samples.Folder.Replace("plugin = \"nifti-folder\"\nroot = \"scans\"\nimages = [\"*.nii.gz\"]", "dataset = \"both\"", StringComparison.Ordinal) + """


            [datasets.one]
            plugin = "nifti-folder"
            root = "one"
            images = ["*.nii.gz"]
            spacing_mm = 9.0
            [datasets.two]
            plugin = "nifti-folder"
            root = "two"
            images = ["*.nii.gz"]
            [datasets.both]
            plugin = "mixture"
            parts = [{ dataset = "one", weight = 1, limit = 1 }, { dataset = "two", weight = 3.5 }]
            """;
        string file = host.Write("mixture.toml", text);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", file));
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", Path.Combine(host.Folder, "runs")));
        JsonNode cases = JsonNode.Parse(await File.ReadAllTextAsync(Directory.GetFiles(host.Folder, "cases.json", SearchOption.AllDirectories).Single(), TestContext.Current.CancellationToken))!;
        Assert.Equal(2, cases["cases"]!.AsArray().Count);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", host.Write("wrong.toml", text.Replace("dataset = \"two\"", "dataset = \"twoo\"", StringComparison.Ordinal))));
        Assert.Contains("HEM022", host.Error);
        Assert.Contains("'two'", host.Error);
    }

    [Fact]
    public async Task Killed_writers_leave_no_partial_entry_and_the_next_one_continues()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -KILL.");
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Tiny.Replace("num_pretraining = 3", "num_pretraining = 24", StringComparison.Ordinal).Replace("grid = 24", "grid = 48", StringComparison.Ordinal).Replace("spacing_mm = 12.0", "spacing_mm = 6.0", StringComparison.Ordinal));
        string runs = Path.Combine(host.Folder, "runs"), cases = Path.Combine(runs, ".cache", "cases");
        // Two at once, both killed in the middle of their work.
        Process[] writers = [.. Enumerable.Range(0, 2).Select(_ => Process.Start(new ProcessStartInfo(Path.Combine(Repository.Plugins, "..", "hiendmae"), ["data", "prepare", file, "--out", runs]) { RedirectStandardOutput = true, RedirectStandardError = true })!)];
        for (int i = 0; i < 600 && !(Directory.Exists(cases) && Directory.GetDirectories(cases).Length >= 3) && writers.Any(writer => !writer.HasExited); i++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        foreach (Process writer in writers)
        {
            writer.Kill();
            await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
            writer.Dispose();
        }
        int whole = Directory.GetDirectories(cases).Length;
        Assert.InRange(whole, 3, 26);
        Assert.All(Directory.GetDirectories(cases), entry => Assert.Superset(new HashSet<string?> { "image.npy", "rows.npy", "case.json" }, Directory.GetFiles(entry).Select(Path.GetFileName).ToHashSet()));
        // Entries are opened, not only looked for: a torn one would be made again and count as new.
        JsonNode[] stages = await PrepareAsync(host, file, runs, "--set", "finetune.steps=1");
        Assert.Equal(26 - whole, stages.Sum(stage => (int)stage["new"]!));
        Assert.Equal(26, Directory.GetDirectories(cases).Length);
    }

    private static async Task<JsonNode[]> PrepareAsync(HostFixture host, string file, string runs, params string[] more)
    {
        int before = host.Output.Length;
        Assert.Equal(ExitCodes.Done, await host.RunAsync(["data", "prepare", file, "--out", runs, "--json", .. more]));
        return [.. JsonNode.Parse(host.Output[before..])!.AsArray().Select(stage => stage!)];
    }
}
