using System.Diagnostics;
using System.Globalization;

namespace HiEndMae.Host.Tests;

/// <summary>Ctrl-C on the program itself.</summary>
public sealed class InterruptTests
{
    [Fact]
    public async Task Ctrl_c_saves_a_checkpoint_and_exits_130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -INT.");
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs"), file = host.Write("tiny.toml", Samples.Tiny);
        using Process program = Process.Start(new ProcessStartInfo(
            Path.Combine(Repository.Plugins, "..", "hiendmae"), ["run", file, "--out", runs, "--set", "pretrain.steps=100000", "--set", "pretrain.checkpoint_every=100000"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        for (int i = 0; i < 600 && !(Directory.Exists(runs) && Directory.GetFiles(runs, "metrics.jsonl", SearchOption.AllDirectories).Length > 0); i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        using (Process kill = Process.Start("kill", ["-INT", program.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Interrupted, program.ExitCode);
        Assert.Contains("--resume", await error);
        string checkpoint = Assert.Single(Directory.GetDirectories(runs, "step-*", SearchOption.AllDirectories));
        Assert.True(File.Exists(Path.Combine(checkpoint, "checksums.json")));
        Assert.Empty(Directory.GetDirectories(runs, ".step-*", SearchOption.AllDirectories));
    }
}
