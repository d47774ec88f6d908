using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>The disk becomes full, and stays so, at each place where a command writes: one clear message, nothing torn, and the repeated command ends as if nothing had been.</summary>
public sealed class FullDiskTests
{
    private const string Sweep = "\n[sweep]\n\"pretrain.mask_ratio\" = [0.6, 0.9]\n";

    [Fact]
    public async Task A_run_at_two_places()
    {
        Faults.Require();
        using var host = new HostFixture();
        await TryAll(host, "run", Samples.Tiny, places => [.. places.Where(place => place.EndsWith("/metrics.jsonl", StringComparison.Ordinal) || place.EndsWith("/finetune-pretrain/checkpoints/*/weights.safetensors", StringComparison.Ordinal))]);
    }

    [Fact, Trait("speed", "slow")]
    public async Task A_run_at_every_place()
    {
        Nightly.Require();
        Faults.Require();
        using var host = new HostFixture();
        await TryAll(host, "run", Samples.Tiny, places => places);
    }

    [Fact, Trait("speed", "slow")]
    public async Task A_sweep_at_every_place()
    {
        Nightly.Require();
        Faults.Require();
        using var host = new HostFixture();
        // What the stages write themselves is what a run writes.
        await TryAll(host, "sweep", Samples.Tiny[..Samples.Tiny.IndexOf("[finetune]", StringComparison.Ordinal)] + Sweep, places => [.. places.Where(place => !place.Contains("/pretrain/", StringComparison.Ordinal))]);
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
        string file = host.Write("tiny.toml", Samples.Tiny), runs = Path.Combine(host.Folder, "runs"), scan = Path.Combine(host.Folder, "scan.nii.gz");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs, "--set", "tracking.enabled=false"));
        Data.FakeScan.Write(scan);
        string run = Directory.GetDirectories(Path.Combine(runs, "tiny")).Single(), weights = Directory.GetFiles(run, "weights.safetensors", SearchOption.AllDirectories)[0];
        string[] For(string output)
        {
            Directory.CreateDirectory(output);
            return [.. command.Select(word => word.Replace("RUN", run, StringComparison.Ordinal).Replace("SCAN", scan, StringComparison.Ordinal).Replace("WEIGHTS", weights, StringComparison.Ordinal).Replace("FILE", file, StringComparison.Ordinal).Replace("OUT", output, StringComparison.Ordinal))];
        }
        string whole = Path.Combine(host.Folder, "whole");
        string[] places = await PlacesOf(host, whole, For(whole));
        Assert.NotEmpty(places);
        foreach (string place in places)
        {
            string output = Path.Combine(host.Folder, "full");
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
            Directory.Delete(output, recursive: true);
        }
        Nightly.Report($"full disk, in all | {command[0]} | {places.Length} places; the repeated command left the same files as one that was not disturbed");
    }

    private static async Task TryAll(HostFixture host, string command, string text, Func<string[], string[]> choose)
    {
        string file = host.Write("tiny.toml", text), whole = Path.Combine(host.Folder, "whole");
        string[] places = choose(await PlacesOf(host, whole, [command, file, "--out", whole]));
        Assert.True(places.Length >= 2, string.Join('\n', places));
        int ended = 0, kept = 0;
        foreach (string place in places)
        {
            string output = Path.Combine(host.Folder, "full");
            Directory.CreateDirectory(output);
            bool isWhole;
            using (ProgramProcess program = Faults.Start(output, ("FULL", output + place), command, file, "--out", output))
            {
                (int code, _, string error) = await program.End();
                CheckRefusal($"{command} {place}", code, error, output);
                isWhole = code == ExitCodes.Done;
            }
            if (isWhole) kept++;
            else
            {
                ended++;
                string[] again = command == "run" ? [command, file, "--out", output, "--resume"] : [command, file, "--out", output];
                using var program = new ProgramProcess(again);
                (int code, _, string error) = await program.End();
                Assert.True(code == ExitCodes.Done, $"{place}: {error}");
            }
            Assert.Empty(Wholeness.FaultsIn(output));
            Assert.True(Outcome.Weights(whole).SequenceEqual(Outcome.Weights(output)), $"{place}: other weights");
            Directory.Delete(output, recursive: true);
        }
        Nightly.Report($"full disk, in all | {command} | {places.Length} places: {ended} ended with exit code 1 and went on to the same weights, {kept} needed nothing of what was not written");
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

    private static void CheckRefusal(string what, int code, string error, string output)
    {
        Assert.True(code is ExitCodes.Done or ExitCodes.Failed, $"{what}: exit code {code}, {error}");
        Assert.DoesNotContain("   at ", error);
        Assert.DoesNotContain("internal error", error);
        string[] errors = [.. error.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal))];
        if (code == ExitCodes.Failed) Assert.True(errors.Length == 1, $"{what}: {error}");
        Assert.True(Wholeness.FaultsIn(output) is [], $"{what}: {string.Join("; ", Wholeness.FaultsIn(output))}");
        Nightly.Report($"full disk | {what} | exit code {code} | {Wholeness.LeftIn(output)} | {(errors.Length > 0 ? errors[0] : error.Split('\n')[0])}");
    }
}
