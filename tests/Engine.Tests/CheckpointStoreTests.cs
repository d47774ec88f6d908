using System.Diagnostics;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Callbacks;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Checkpoints that are torn, too many, or too large for the disk.</summary>
public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-checkpoints-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Truncated_or_changed_bytes_are_detected_and_the_previous_checkpoint_is_used()
    {
        float[] whole = Train(folder, out _);
        string newest = Path.Combine(folder, "step-00000030");
        var random = new Random(7);
        string[] files = [.. Directory.GetFiles(newest).Order(StringComparer.Ordinal)];
        Assert.Equal(5, files.Length);
        for (int i = 0; i < 60; i++)
        {
            string torn = files[i % files.Length];
            byte[] right = File.ReadAllBytes(torn), wrong = [.. right];
            if (random.Next(3) == 0) wrong = wrong[..random.Next(wrong.Length)];
            else wrong[random.Next(wrong.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(torn, wrong);
            var warnings = new List<string>();
            (string path, TrainingState state) = new CheckpointStore(folder, new Retention(2, 0), warnings.Add).Newest(_ => true)!.Value;
            Assert.Equal(20, state.Step);
            Assert.Contains("step-00000020", path);
            Assert.Contains("step-00000030", Assert.Single(warnings));
            if (i < files.Length)
            {
                // The training goes on from the one before to the same weights.
                Assert.Equal(whole, Train(folder, out TestLog log));
                Assert.Equal([20], log.ResumedAt);
            }
            else
            {
                File.WriteAllBytes(torn, right);
            }
        }
    }

    [Fact]
    public void A_missing_file_is_detected()
    {
        Train(folder, out _);
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "step-00000030")))
        {
            File.Move(file, file + "x");
            var warnings = new List<string>();
            Assert.Equal(20, new CheckpointStore(folder, new Retention(2, 0), warnings.Add).Newest(_ => true)!.Value.State.Step);
            Assert.Single(warnings);
            File.Move(file + "x", file);
        }
    }

    [Fact]
    public void The_newest_and_every_nth_checkpoint_are_kept()
    {
        Train(folder, out _, every: 2, retention: new Retention(3, 8));
        Assert.Equal(
            ["step-00000008", "step-00000016", "step-00000024", "step-00000026", "step-00000028", "step-00000030"],
            Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Files_that_a_kill_left_half_written_are_removed()
    {
        Train(folder, out _);
        Directory.CreateDirectory(Path.Combine(folder, ".step-00000040"));
        File.WriteAllText(Path.Combine(folder, ".step-00000040", "weights.safetensors"), "half");
        Assert.Equal(30, new CheckpointStore(folder, new Retention(2, 0), _ => { }).Newest(_ => true)!.Value.State.Step);
        Assert.False(Directory.Exists(Path.Combine(folder, ".step-00000040")));
    }

    [Fact]
    public void A_full_disk_pauses_checkpoints_but_not_the_training()
    {
        float[] whole = Train(Path.Combine(folder, "whole"), out _);
        int opened = 0;
        string parts = Path.Combine(folder, "parts");
        // Checkpoints of step 10 and 20: five files each. That of 20 breaks off in its second file, those after it are whole again.
        FileStream Create(string path) => new BreakingStream(path, breaks: ++opened == 7);
        float[] weights = Train(parts, out TestLog log, create: Create);
        Assert.Equal(whole, weights);
        string warning = Assert.Single(log.Warnings, text => text.Contains("STEP 20 CANNOT BE WRITTEN", StringComparison.Ordinal));
        Assert.Contains("step-00000010", warning);
        Assert.Contains("again", log.Warnings[^1]);
        Assert.Equal(["step-00000010", "step-00000030"], Directory.GetDirectories(parts).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_disk_that_is_full_at_the_end_is_an_error_that_names_the_last_checkpoint()
    {
        FileStream Create(string path) => new BreakingStream(path, breaks: path.Contains("step-00000030", StringComparison.Ordinal));
        IOException error = Assert.Throws<IOException>(() => Train(folder, out _, create: Create));
        Assert.Contains("step 30", error.Message);
        Assert.Contains("step-00000020", error.Message);
        Assert.Contains("--resume", error.Message);
        Train(folder, out TestLog log);
        Assert.Equal([20], log.ResumedAt);
    }

    [Fact]
    [Trait("speed", "slow")]
    public void A_hundred_million_parameters_are_written_and_read_without_a_second_copy()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HIENDMAE_NIGHTLY") == "1", "Slow: set HIENDMAE_NIGHTLY=1.");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Peak memory is measured by /proc.");
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> Random(string prefix, int count) => Enumerable.Range(0, count).ToDictionary(i => $"{prefix}.{i:D3}", _ => rand(1000, 1000));
        Dictionary<string, Tensor> weights = Random("weights", 100), optimizer = Random("moments", 200);
        var state = new TrainingState(1, 1, "experiment", null, false, null, []);
        var store = new CheckpointStore(folder, new Retention(2, 0), _ => { });
        using Process process = Process.GetCurrentProcess();
        PeakMemory.Restart();
        process.Refresh();
        long before = process.WorkingSet64, start = Stopwatch.GetTimestamp();
        string path = store.Save(state, weights, optimizer, "");
        TimeSpan written = Stopwatch.GetElapsedTime(start);
        long grown = PeakMemory.Bytes() - before;
        start = Stopwatch.GetTimestamp();
        Assert.NotNull(store.Newest(_ => true));
        TimeSpan verified = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        CheckpointStore.Restore(path, weights, optimizer);
        TimeSpan read = Stopwatch.GetElapsedTime(start);
        TestContext.Current.SendDiagnosticMessage(FormattableString.Invariant(
            $"1.2 GB: written in {written.TotalSeconds:F2} s, sums checked in {verified.TotalSeconds:F2} s, read in {read.TotalSeconds:F2} s; resident memory grew by {grown / 1e6:F0} MB while writing, by {(PeakMemory.Bytes() - before) / 1e6:F0} MB in all"));
        Assert.InRange(grown, 0, 100_000_000);
        Assert.InRange(PeakMemory.Bytes() - before, 0, 100_000_000);
    }

    private static float[] Train(string folder, out TestLog log, int every = 10, Retention? retention = null, Func<string, FileStream>? create = null)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(0);
        var objective = new Regression();
        log = new TestLog();
        var store = new CheckpointStore(folder, retention ?? new Retention(2, 0), log.Warn, create);
        new Trainer(objective, new TestTraining { Steps = 30, CheckpointEvery = every }.Options(), [new StepLog()], store, log, TimeProvider.System).Run(CancellationToken.None);
        return objective.Weights;
    }

    /// <summary>A file on a disk that is full after 100 bytes.</summary>
    private sealed class BreakingStream(string path, bool breaks) : FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0)
    {
        private int written;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            written += buffer.Length;
            if (breaks && written > 100) throw new IOException("No space left on device");
            base.Write(buffer);
        }
    }
}
