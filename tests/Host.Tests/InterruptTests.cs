using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary>Signals to the program itself.</summary>
public sealed class InterruptTests
{
    [Theory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    [InlineData("-USR1")]
    public async Task A_signal_saves_a_checkpoint_and_exits_130(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill.");
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs"), file = host.Write("tiny.toml", Samples.Pretraining);
        using var program = new ProgramProcess("run", file, "--out", runs, "--set", "pretrain.steps=100000", "--set", "pretrain.checkpoint_every=100000");
        Assert.True(await program.WaitFor(() => Directory.Exists(runs) && Directory.GetFiles(runs, "metrics.jsonl", SearchOption.AllDirectories).Any(HasLoss)));
        program.Send(signal);
        (int code, _, string error) = await program.End();
        Assert.Equal(ExitCodes.Interrupted, code);
        Assert.Contains("--resume", error);
        string checkpoint = Assert.Single(Directory.GetDirectories(runs, "step-*", SearchOption.AllDirectories));
        Assert.True(File.Exists(Path.Combine(checkpoint, "checksums.json")));
        Assert.Empty(Directory.GetDirectories(runs, ".step-*", SearchOption.AllDirectories));
    }

    // A step was taken: before the first one there is nothing to save.
    private static bool HasLoss(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Contains("\"loss\"", StringComparison.Ordinal);
    }
}
