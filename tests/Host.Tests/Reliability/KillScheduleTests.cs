using System.Diagnostics;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>Pre-training, fine-tuning and sweeps are killed outright at random moments, from the start of the process to its end, and repeated until they are done.</summary>
public sealed class KillScheduleTests
{
    private const string Fine = "[finetune]";

    [Fact, Trait("speed", "slow")]
    public Task A_run_is_killed_thirty_times()
    {
        Nightly.Require();
        // A checkpoint for every step, so that writing them takes a good part of the time.
        string text = Samples.Tiny.Replace("steps = 4", "steps = 60", StringComparison.Ordinal).Replace("steps = 3\n", "steps = 40\n", StringComparison.Ordinal).Replace("checkpoint_every = 2", "checkpoint_every = 1", StringComparison.Ordinal);
        return KilledUntilDone("run", text, kills: 30, seed: 1, "--resume");
    }

    [Fact, Trait("speed", "slow")]
    public Task A_sweep_is_killed_twenty_times()
    {
        Nightly.Require();
        string text = Samples.Tiny.Replace("steps = 4", "steps = 40", StringComparison.Ordinal).Replace("steps = 3\n", "steps = 20\n", StringComparison.Ordinal).Replace("checkpoint_every = 2", "checkpoint_every = 1", StringComparison.Ordinal);
        return KilledUntilDone("sweep", text + "\n[sweep]\n\"pretrain.mask_ratio\" = [0.6, 0.9]\n", kills: 20, seed: 2);
    }

    private static async Task KilledUntilDone(string command, string text, int kills, int seed, params string[] again)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -KILL.");
        Assert.Contains(Fine, text);
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", text), whole = Path.Combine(host.Folder, "whole");
        long start = Stopwatch.GetTimestamp();
        using (ProgramProcess program = ProgramProcess.Group(command, file, "--out", whole))
        {
            (int code, _, string error) = await program.End();
            Assert.True(code == ExitCodes.Done, error);
        }
        TimeSpan length = Stopwatch.GetElapsedTime(start);
        List<string> weights = Outcome.Weights(whole), values = Outcome.Values(whole), runs = Outcome.Runs(whole), tracked = Outcome.Tracked(whole);
        Assert.NotEmpty(tracked);
        var random = new Random(seed);
        int killed = 0, inWriting = 0, finished = 0, leftovers = 0;
        while (killed < kills)
        {
            string parts = Path.Combine(host.Folder, $"parts{finished}");
            while (true)
            {
                using ProgramProcess program = ProgramProcess.Group([command, file, "--out", parts, .. again]);
                TimeSpan until = length * random.NextDouble();
                if (killed < kills && !await program.EndsWithin(until))
                {
                    killed++;
                    // Every other time with the processes that it started, as the loss of power or a scheduler would; otherwise alone.
                    program.Kill(withChildren: killed % 2 == 0);
                    await program.End();
                    if (Directory.Exists(parts) && Wholeness.LeftoversIn(parts) > 0) inWriting++;
                    continue;
                }
                (int code, _, string error) = await program.End();
                Assert.True(code == ExitCodes.Done, $"after {killed} kills: {error}");
                break;
            }
            finished++;
            Assert.Empty(Wholeness.FaultsIn(parts));
            Assert.Equal(weights, Outcome.Weights(parts));
            Assert.Equal(values, Outcome.Values(parts));
            Assert.Equal(runs, Outcome.Runs(parts));
            Assert.Equal(tracked, Outcome.Tracked(parts));
            leftovers += Wholeness.LeftoversIn(parts);
        }
        Nightly.Report($"SIGKILL | {command} | {killed} kills, {inWriting} of them while a file was being written, until {finished} were done: {weights.Count} files of weights and optimisers equal byte for byte, "
            + $"0 torn files, {values.Count} logged and {tracked.Count} tracked values each once, {leftovers} unfinished files left over");
    }
}
