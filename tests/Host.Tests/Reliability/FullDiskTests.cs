using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>The disk becomes full, and stays so, at each place where a command writes: one clear message, nothing torn, and the repeated command ends as if nothing had been.</summary>
/// <remarks>At night, a file that several stages write alike is one place, in one of these stages. So are the files of channels, and those of a model in MLflow. Otherwise most of the time would
/// go into repetitions of the same.</remarks>
public sealed partial class FullDiskTests
{
    private const string Sweep = "\n[sweep]\n\"pretrain.mask_ratio\" = [0.6, 0.9]\n";

    // With one thread, because several processes run at a time. Fine-tuning from scratch writes what the other one writes.
    private static readonly string Tiny = Samples.Tiny.Replace("device = \"cpu\"", "device = \"cpu\"\nthreads = 1", StringComparison.Ordinal)
        .Replace("init = [\"scratch\", \"pretrain\"]", "init = [\"pretrain\"]", StringComparison.Ordinal);

    [Fact]
    public async Task A_run_at_two_places()
    {
        Faults.Require();
        using var host = new HostFixture();
        await TryAll(host, "run", Tiny, places => [.. places.Where(place => place.EndsWith("/metrics.jsonl", StringComparison.Ordinal) || place.EndsWith("/finetune-pretrain/checkpoints/*/weights.safetensors", StringComparison.Ordinal))]);
    }

    [Fact, Trait("speed", "slow")]
    public async Task A_run_at_every_place()
    {
        Nightly.Require();
        Faults.Require();
        using var host = new HostFixture();
        await TryAll(host, "run", Tiny, EachKind);
    }

    [Fact, Trait("speed", "slow")]
    public async Task A_sweep_at_every_place()
    {
        Nightly.Require();
        Faults.Require();
        using var host = new HostFixture();
        // What the stages write themselves is what a run writes.
        await TryAll(host, "sweep", Tiny[..Tiny.IndexOf("[finetune]", StringComparison.Ordinal)] + Sweep, places => EachKind([.. places.Where(place => !place.Contains("/pretrain/", StringComparison.Ordinal))]));
    }

    [Theory, Trait("speed", "slow")]
    [InlineData("evaluate", "RUN", "--out", "OUT", "--predictions")]
    [InlineData("predict", "RUN", "SCAN", "--out", "OUT", "--probabilities", "--figures")]
    [InlineData("report", "RUN", "--out", "OUT/report.html")]
    [InlineData("convert", "WEIGHTS", "OUT/weights.safetensors")]
    [InlineData("data", "prepare", "FILE", "--out", "OUT")]
    public async Task Another_command_at_every_place(params string[] command)
    {
        Nightly.Require();
        Faults.Require();
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Tiny), runs = Path.Combine(host.Folder, "runs"), scan = Path.Combine(host.Folder, "scan.nii.gz");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs, "--set", "tracking.enabled=false"));
        Data.FakeScan.Write(scan);
        string run = Directory.GetDirectories(Path.Combine(runs, "tiny")).Single(), weights = Directory.GetFiles(run, "weights.safetensors", SearchOption.AllDirectories)[0];
        string[] For(string output)
        {
            Directory.CreateDirectory(output);
            return [.. command.Select(word => word.Replace("RUN", run, StringComparison.Ordinal).Replace("SCAN", scan, StringComparison.Ordinal).Replace("WEIGHTS", weights, StringComparison.Ordinal).Replace("FILE", file, StringComparison.Ordinal).Replace("OUT", output, StringComparison.Ordinal))];
        }
        string whole = Path.Combine(host.Folder, "whole");
        string[] places = EachKind(await PlacesOf(host, whole, For(whole)));
        Assert.NotEmpty(places);
        await AtEach(host, places, async (place, output) =>
        {
            using (ProgramProcess program = Faults.Start(output, ("FULL", output + place), For(output)))
            {
                (int code, _, string error) = await program.End();
                CheckRefusal($"{command[0]} {place}", code, error, output);
            }
            using (var again = new ProgramProcess(For(output)))
            {
                (int code, _, string error) = await again.End();
                Assert.True(code == ExitCodes.Done, $"{place}: {error}");
            }
            Assert.Equal(Outcome.Names(whole), Outcome.Names(output));
        });
        Nightly.Report($"full disk, in all | {command[0]} | {places.Length} places; the repeated command left the same files as one that was not disturbed");
    }

    private static async Task TryAll(HostFixture host, string command, string text, Func<string[], string[]> choose)
    {
        string file = host.Write("tiny.toml", text), whole = Path.Combine(host.Folder, "whole");
        string[] places = choose(await PlacesOf(host, whole, [command, file, "--out", whole]));
        Assert.True(places.Length >= 2, string.Join('\n', places));
        int ended = 0, kept = 0;
        await AtEach(host, places, async (place, output) =>
        {
            Directory.CreateDirectory(output);
            bool isWhole;
            using (ProgramProcess program = Faults.Start(output, ("FULL", output + place), command, file, "--out", output))
            {
                (int code, _, string error) = await program.End();
                CheckRefusal($"{command} {place}", code, error, output);
                isWhole = code == ExitCodes.Done;
            }
            if (isWhole) Interlocked.Increment(ref kept);
            else
            {
                Interlocked.Increment(ref ended);
                string[] again = [command, file, "--out", output, command == "run" ? "--resume" : "--retry-failed"];
                using var program = new ProgramProcess(again);
                (int code, _, string error) = await program.End();
                Assert.True(code == ExitCodes.Done, $"{place}: {error}");
            }
            Assert.Empty(Wholeness.FaultsIn(output));
            Assert.True(Outcome.Weights(whole).SequenceEqual(Outcome.Weights(output)), $"{place}: other weights");
        });
        Nightly.Report($"full disk, in all | {command} | {places.Length} places: {ended} ended with exit code 1 and went on to the same weights, {kept} needed nothing of what was not written");
    }

    // Tries as many places at a time as there are cores, because starting the program takes most of the time and uses one core. A failure at one place does not hide failures at others.
    private static async Task AtEach(HostFixture host, string[] places, Func<string, string, Task> attempt)
    {
        var failures = new ConcurrentQueue<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, places.Length), options, async (i, _) =>
        {
            string output = Path.Combine(host.Folder, $"full-{i}");
            try
            {
                await attempt(places[i], output);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failures.Enqueue($"{places[i]}: {failure.Message}");
            }
            if (Directory.Exists(output)) Directory.Delete(output, recursive: true);
        });
        Assert.True(failures.IsEmpty, string.Join('\n', failures));
    }

    // Patterns of the files that a command writes, below its output.
    private static async Task<string[]> PlacesOf(HostFixture host, string output, string[] args)
    {
        string log = Path.Combine(host.Folder, "opened");
        Directory.CreateDirectory(output);
        using ProgramProcess program = Faults.Start(output, ("LOG", log), args);
        (int code, _, string error) = await program.End();
        Assert.True(code == ExitCodes.Done, error);
        return [.. (await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken)).Select(path => Outcome.Common(output, path)).Where(path => !path.EndsWith("lock", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
    }

    // Each kind of file once. Its stages take turns, so that the disk becomes full in each of them.
    private static string[] EachKind(string[] places) => [.. places.GroupBy(path => Repeated().Replace(path, "*")).Select((same, i) => same.ElementAt(i % same.Count()))];

    [GeneratedRegex(@"/(finetune-)?pretrain/|(?<=/artifacts/model/).+$|\.\d+\.partial$")]
    private static partial Regex Repeated();

    private static void CheckRefusal(string what, int code, string error, string output)
    {
        Assert.True(code is ExitCodes.Done or ExitCodes.Failed, $"{what}: exit code {code}, {error}");
        Assert.DoesNotContain("   at ", error);
        Assert.DoesNotContain("internal error", error);
        Assert.True(error.Split("a record is lost").Length <= 2, $"{what}: {error}");
        // A sweep says for each stage why it failed, and ends with exit code 1. Everything else says so once.
        string[] errors = [.. error.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal))], failures = [.. error.Split('\n').Where(line => line.StartsWith("failed: ", StringComparison.Ordinal))];
        if (code == ExitCodes.Failed) Assert.True(errors.Length == 1 || (errors.Length == 0 && failures.Length > 0 && failures.All(line => line.Contains("disk is full", StringComparison.Ordinal))), $"{what}: {error}");
        Assert.True(Wholeness.FaultsIn(output) is [], $"{what}: {string.Join("; ", Wholeness.FaultsIn(output))}");
        Nightly.Report($"full disk | {what} | exit code {code} | {Wholeness.LeftIn(output)} | {errors.Concat(failures).Append(error.Split('\n')[0]).First()}");
    }
}
