using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Collectives;

namespace HiEndMae.Host.Tests.Cluster;

/// <summary>Several processes that train one model, against one process, to the last bit.</summary>
[Trait("Needs", "MPI")]
public sealed class ProcessGroupTests
{
    private const int Last = 4;

    // Dropout, DropPath, averages and clipping, in four batches a step.
    private static readonly string Experiment = Samples.Pretraining.Replace("grad_accumulation = 2", "grad_accumulation = 4", StringComparison.Ordinal);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Processes_over_MPI_give_the_same_bits_as_one_process(int size)
    {
        NeedsMpi();
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Experiment);
        string one = await Alone(host, file), many = Path.Combine(host.Folder, "many");
        (int code, string error) = await Mpi(size, "run", file, "--out", many);
        Assert.True(code == ExitCodes.Done, error);
        Assert.Equal(Sums(one, Last), Sums(many, Last));
        Assert.Equal(Losses(one), Losses(many));
    }

    [Fact]
    public async Task A_checkpoint_of_two_processes_is_resumed_by_one_with_the_same_results()
    {
        NeedsMpi();
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Tiny.Replace("checkpoint_every = 2", "checkpoint_every = 2\ngrad_accumulation = 2", StringComparison.Ordinal).Replace("num_test = 1", "num_test = 3", StringComparison.Ordinal).Replace("device = \"cpu\"", "device = \"cpu\"\nthreads = 1", StringComparison.Ordinal));
        string one = await Alone(host, file), many = Path.Combine(host.Folder, "many");
        // An hour's budget that is spent at once: all ranks save the first step and end.
        (int stopped, string said) = await Mpi(2, "run", file, "--out", many, "--set", "time_budget=\"1ms\"");
        Assert.True(stopped == ExitCodes.Interrupted, said);
        (int code, string error) = await Mpi(2, "run", file, "--out", many, "--resume", "--set", "time_budget=\"1h\"", "--set", "pretrain.figures_every=1");
        Assert.True(code == ExitCodes.Done, error);
        Assert.Equal(Evaluations(one), Evaluations(many));

        string half = Path.Combine(host.Folder, "half");
        Assert.Equal(ExitCodes.Interrupted, (await Mpi(2, "run", file, "--out", half, "--set", "time_budget=\"1ms\"")).Code);
        Assert.Empty(Directory.GetDirectories(half, PeerWatch.FolderName, SearchOption.AllDirectories));
        using var rest = new HostFixture();
        Assert.Equal(ExitCodes.Done, await rest.RunAsync("run", file, "--out", half, "--resume"));
        Assert.Equal(Evaluations(one), Evaluations(half));
    }

    [Fact]
    public async Task A_killed_rank_ends_the_others_and_leaves_a_valid_checkpoint()
    {
        NeedsMpi();
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Experiment.Replace("steps = 4", "steps = 4000", StringComparison.Ordinal)), runs = Path.Combine(host.Folder, "runs");
        Task<(int Code, string Error)> training = Mpi(2, "run", file, "--out", runs);
        await Until(() => Steps(runs) > 0 || training.IsCompleted);
        string about = Directory.GetFiles(runs, "rank-1.txt", SearchOption.AllDirectories).Single();
        using (var rank = Process.GetProcessById(int.Parse((await File.ReadAllTextAsync(about, TestContext.Current.CancellationToken)).Split(' ')[1], CultureInfo.InvariantCulture))) rank.Kill();
        var watch = Stopwatch.StartNew();
        (int code, string error) = await training;
        Assert.NotEqual(ExitCodes.Done, code);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"It took {watch.Elapsed}.");
        Assert.Contains("rank 1", error);
        int saved = Steps(runs);
        // One process removes what the killed start has left.
        Assert.NotEmpty(Directory.GetDirectories(runs, PeerWatch.FolderName, SearchOption.AllDirectories));
        using var resumed = new HostFixture();
        Assert.Equal(ExitCodes.Interrupted, await resumed.RunAsync("run", file, "--out", runs, "--resume", "--set", "time_budget=\"5s\""));
        Assert.True(Steps(runs) > saved);
        Assert.Empty(Directory.GetDirectories(runs, PeerWatch.FolderName, SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_number_of_processes_that_does_not_divide_the_batches_is_refused()
    {
        NeedsMpi();
        using var host = new HostFixture();
        (int code, string error) = await Mpi(3, "run", host.Write("tiny.toml", Experiment), "--out", Path.Combine(host.Folder, "runs"));
        Assert.NotEqual(ExitCodes.Done, code);
        Assert.Contains("3 processes cannot share the 4 batches of a step", error);
    }

    [Fact]
    public async Task Processes_over_Gloo_give_the_same_bits_as_one_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Gloo is called by the names that it has on Linux.");
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Experiment);
        string one = await Alone(host, file), many = Path.Combine(host.Folder, "many");
        await Torchrun(file, many);
        Assert.Equal(Sums(one, Last), Sums(many, Last));
        Assert.Equal(Losses(one), Losses(many));
    }

    [Fact]
    public async Task A_second_start_under_torchrun_with_the_same_port_works_and_nothing_is_left_of_both()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Gloo is called by the names that it has on Linux.");
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Experiment), many = Path.Combine(host.Folder, "many");
        await Torchrun(file, many);
        await Torchrun(file, many);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(many, "tiny")).Length);
        Assert.False(Directory.Exists(Path.Combine(many, ".ranks")));
        Assert.Empty(Directory.GetDirectories(many, PeerWatch.FolderName, SearchOption.AllDirectories));
    }

    // Two processes with the variables that torchrun gives them.
    private static async Task Torchrun(string file, string runs)
    {
        Task<(int Code, string Error)>[] ranks = [.. Enumerable.Range(0, 2).Select(rank => End(new ProcessStartInfo(ProgramProcess.Program, ["run", file, "--out", runs])
        {
            Environment = { ["RANK"] = $"{rank}", ["WORLD_SIZE"] = "2", ["LOCAL_RANK"] = $"{rank}", ["LOCAL_WORLD_SIZE"] = "2", ["MASTER_PORT"] = "29500", ["GLOO_SOCKET_IFNAME"] = "lo" },
        }))];
        foreach (Task<(int Code, string Error)> rank in ranks) Assert.True((await rank).Code == ExitCodes.Done, (await rank).Error);
    }

    private static void NeedsMpi() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun"))),
        "There is no mpirun: apt-get install openmpi-bin libopenmpi-dev.");

    private static async Task<string> Alone(HostFixture host, string file)
    {
        string runs = Path.Combine(host.Folder, "one");
        int code = await host.RunAsync("run", file, "--out", runs);
        Assert.True(code == ExitCodes.Done, host.Error);
        return runs;
    }

    private static Task<(int Code, string Error)> Mpi(int size, params string[] arguments) => End(new ProcessStartInfo("mpirun",
        ["--oversubscribe", "-n", size.ToString(CultureInfo.InvariantCulture), ProgramProcess.Program, .. arguments])
    {
        Environment =
        {
            ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1", ["HWLOC_COMPONENTS"] = "-gl",
            ["OMPI_MCA_hwloc_base_binding_policy"] = "none", ["OMPI_MCA_mpi_yield_when_idle"] = "1", ["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none",
        },
    });

    private static async Task<(int Code, string Error)> End(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return (process.ExitCode, await error + await output);
    }

    private static string Sums(string runs, int step) => (string)JsonNode.Parse(File.ReadAllText(
        Path.Combine(Directory.GetDirectories(Path.Combine(runs, "tiny"), $"step-{step:D8}", SearchOption.AllDirectories).Single(), "checksums.json")))!["weights.safetensors"]!;

    private static string[] Losses(string runs) =>
        [.. File.ReadLines(Directory.GetFiles(Path.Combine(runs, "tiny"), "metrics.jsonl", SearchOption.AllDirectories).Single()).Select(line => JsonNode.Parse(line)!)
            .Where(one => (string?)one["key"] is "loss" or "grad_norm").Select(one => $"{one["step"]} {one["key"]} {one["value"]}")];

    private static string Evaluations(string runs)
    {
        JsonObject all = JsonNode.Parse(File.ReadAllText(Directory.GetFiles(Path.Combine(runs, "tiny"), "results.json", SearchOption.AllDirectories).Single()))!["evaluations"]!.AsObject();
        Assert.Equal(2, all.Count);
        return all.ToJsonString();
    }

    private static int Steps(string runs) => !Directory.Exists(runs) ? 0
        : Directory.GetDirectories(runs, "step-*", SearchOption.AllDirectories).Select(path => int.Parse(Path.GetFileName(path)["step-".Length..], CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; i < 1200 && !condition(); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }
}
