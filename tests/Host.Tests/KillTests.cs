using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary>The program is killed outright at random moments, while it writes checkpoints too, and taken up again: the weights are those of a run that never was.</summary>
public sealed class KillTests
{
    [Fact]
    public Task Killed_three_times_at_random() => KilledAndResumed(kills: 3, steps: 30);

    [Fact]
    [Trait("speed", "slow")]
    public Task Killed_twenty_times_at_random()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HIENDMAE_NIGHTLY") == "1", "Slow: set HIENDMAE_NIGHTLY=1.");
        return KilledAndResumed(kills: 20, steps: 300);
    }

    private static async Task KilledAndResumed(int kills, int steps)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -KILL.");
        using var host = new HostFixture();
        // Saved every other step, so that a good part of the kills falls into the writing; averaged, so that everything a checkpoint can hold is in it.
        string text = Samples.Pretraining.Replace("steps = 4", FormattableString.Invariant($"steps = {steps}"), StringComparison.Ordinal);
        string file = host.Write("kill.toml", text), whole = Path.Combine(host.Folder, "whole"), parts = Path.Combine(host.Folder, "parts");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", whole));
        var random = new Random(20);
        int done = 0;
        for (int at = 0; at < kills; at++)
        {
            using var program = new ProgramProcess("run", file, "--out", parts, "--resume");
            int before = done;
            // At a step of its share of what is left, and some milliseconds later.
            int goal = done + Math.Max(2, (steps - done) / (kills - at + 1));
            Assert.True(await program.WaitFor(() => (done = LastStep(parts)) >= goal), $"The program ended by itself at step {done} of {steps}: {(program.HasExited ? (await program.End()).Error : "")}");
            await Task.Delay(random.Next(60), TestContext.Current.CancellationToken);
            program.Send("-KILL");
            await program.End();
            Assert.True(done > before);
        }
        using (var program = new ProgramProcess("run", file, "--out", parts, "--resume"))
        {
            (int code, _, string error) = await program.End();
            Assert.Equal((ExitCodes.Done, ""), (code, error));
        }
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(parts, "tiny")));
        Assert.Equal(Final(whole, steps, "weights.safetensors"), Final(parts, steps, "weights.safetensors"));
        Assert.Equal(Final(whole, steps, "optimizer.safetensors"), Final(parts, steps, "optimizer.safetensors"));
        // Losses are those of the whole run, each step once.
        Assert.Equal(Losses(Assert.Single(Directory.GetDirectories(Path.Combine(whole, "tiny")))), Losses(run));
        Assert.Equal(kills, (await File.ReadAllLinesAsync(Path.Combine(run, "log.txt"), TestContext.Current.CancellationToken)).Count(line => line.Contains("continues from step", StringComparison.Ordinal)));
    }

    private static int LastStep(string runs) => Directory.Exists(runs)
        ? Directory.GetDirectories(runs, "step-*", SearchOption.AllDirectories).Select(path => int.Parse(Path.GetFileName(path).AsSpan("step-".Length), CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max()
        : 0;

    private static byte[] Final(string runs, int steps, string name) =>
        File.ReadAllBytes(Directory.GetFiles(runs, name, SearchOption.AllDirectories).Single(path => path.Contains(FormattableString.Invariant($"step-{steps:D8}"), StringComparison.Ordinal)));

    private static string[] Losses(string run) => [.. File.ReadAllLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!)
        .Where(line => (string?)line["key"] is "loss" or "grad_norm" or "lr").Select(line => $"{line["step"]} {line["key"]} {line["value"]}")];
}
