using System.Globalization;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>A container with too little memory: the command ends with a message or is killed by the kernel, nothing is torn, and with more memory it goes on.</summary>
public sealed class MemoryLimitTests
{
    private const string Groups = "/sys/fs/cgroup/memory";

    // From what is too little to start to what is nearly enough.
    private static readonly int[] Limits = [60, 75, 90, 105, 120, 150, 180, 240, 300, 360];

    [Theory, Trait("speed", "slow")]
    [InlineData("preparation", "data", "prepare", "FILE", "--out", "OUT")]
    [InlineData("training", "run", "FILE", "--out", "OUT", "--resume")]
    [InlineData("prediction", "predict", "RUN", "SCAN", "--out", "OUT")]
    public async Task Too_little_memory(string what, params string[] command)
    {
        Nightly.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux() && CanLimit(), "Needs Linux with control groups for memory that this user may make.");
        using var host = new HostFixture();
        string scans = Path.Combine(host.Folder, "scans"), runs = Path.Combine(host.Folder, "runs"), whole = Path.Combine(host.Folder, "whole"), output = Path.Combine(host.Folder, "limited");
        // Float32 on the grid of the model: 64 MiB.
        var size = new Size3(256, 256, 256);
        Directory.CreateDirectory(scans);
        NiftiWriter.Write(Path.Combine(scans, "large.nii.gz"), new Volume<ushort>(1, size, Affine.FromSpacing(Spacing3.Isotropic(1.5)), [.. Enumerable.Range(0, (int)size.Count).Select(i => (ushort)(i % 500))]), TestContext.Current.CancellationToken);
        string file = host.Write("tiny.toml", what == "preparation" ? Samples.Folder.Replace("root = \"scans\"", $"root = \"{scans}\"", StringComparison.Ordinal) : Samples.Pretraining), run = "";
        if (what == "prediction")
        {
            Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("model.toml", Samples.Tiny), "--out", runs, "--set", "tracking.enabled=false"));
            run = Directory.GetDirectories(Path.Combine(runs, "tiny")).Single();
        }
        string[] For(string folder) => [.. command.Select(word => word.Replace("FILE", file, StringComparison.Ordinal).Replace("RUN", run, StringComparison.Ordinal).Replace("SCAN", Path.Combine(scans, "large.nii.gz"), StringComparison.Ordinal).Replace("OUT", folder, StringComparison.Ordinal))];
        await Succeed(For(whole));
        bool isDone = false;
        foreach (int limit in Limits.TakeWhile(_ => !isDone))
        {
            (int code, string error) = await Limited(limit, For(output));
            bool isTooLarge = code == ExitCodes.BadData && error.Contains("is too large for the memory of this machine", StringComparison.Ordinal);
            Assert.True(code is ExitCodes.Done or ExitCodes.Failed or 137 || isTooLarge, $"{limit} MiB: exit code {code}: {error}");
            Assert.DoesNotContain("internal error", error);
            Assert.DoesNotContain("   at HiEndMae", error);
            if (Directory.Exists(output)) Assert.Empty(Wholeness.FaultsIn(output));
            Nightly.Report($"memory | {what} | {limit} MiB | {(code == 137 ? "killed by the kernel" : string.Create(CultureInfo.InvariantCulture, $"exit code {code}"))} | {Wholeness.LeftIn(output)} | {error.Split('\n')[0]}");
            isDone = code == ExitCodes.Done;
        }
        // With enough memory the same command ends as if nothing had been.
        if (!isDone) await Succeed(For(output));
        Assert.Empty(Wholeness.FaultsIn(output));
        Assert.Equal(Outcome.Names(whole).Where(IsResult), Outcome.Names(output).Where(IsResult));
        if (what == "training") Assert.Superset(Outcome.Weights(whole).ToHashSet(), Outcome.Weights(output).ToHashSet());

        // Copies that a killed process has left are no results, nor are the files that SQLite keeps beside a database that was read.
        static bool IsResult(string path) => !path.EndsWith(".tmp", StringComparison.Ordinal) && !path.EndsWith(".part", StringComparison.Ordinal) && !path.Contains("mlruns", StringComparison.Ordinal) && !path.Contains("mlflow.db-", StringComparison.Ordinal);
    }

    private static async Task Succeed(string[] args)
    {
        using var program = new ProgramProcess(args);
        (int code, _, string error) = await program.End();
        Assert.True(code == ExitCodes.Done, error);
    }

    private static async Task<(int Code, string Error)> Limited(int megabytes, string[] args)
    {
        string group = Path.Combine(Groups, "hiendmae-" + Guid.NewGuid().ToString("N")), words = string.Join(' ', args.Select(word => $"'{word}'"));
        Directory.CreateDirectory(group);
        try
        {
            using ProgramProcess program = ProgramProcess.Shell(string.Create(CultureInfo.InvariantCulture,
                $"echo {megabytes}M > {group}/memory.limit_in_bytes && echo $$ > {group}/cgroup.procs && exec $PROGRAM {words}"));
            (int code, _, string error) = await program.End();
            return (code, error);
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    private static bool CanLimit()
    {
        string group = Path.Combine(Groups, "hiendmae-" + Guid.NewGuid().ToString("N"));
        try
        {
            if (!File.Exists(Path.Combine(Groups, "memory.limit_in_bytes"))) return false;
            Directory.CreateDirectory(group);
            Directory.Delete(group);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
