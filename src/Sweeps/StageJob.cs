using System.Diagnostics;
using System.Runtime.InteropServices;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>A stage's process: a <c>hiendmae run</c> of its own, so that a crash takes nothing else with it. It ends when the sweep does: its standard input closes.</summary>
internal sealed partial class StageJob : IDisposable
{
    private const int Terminate = 15;
    private readonly Process process;
    private readonly StreamWriter log;
    private readonly Lock writing = new();
    private string lastError = "";

    private StageJob(SweepStage stage, Process process, StreamWriter log)
    {
        Stage = stage;
        this.process = process;
        this.log = log;
    }

    /// <summary>What it runs.</summary>
    public SweepStage Stage { get; }

    /// <summary>The last line that it said, such as "pretrain: 20/600 loss 0.91".</summary>
    public string News { get; private set; } = "";

    /// <summary>Starts the process.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="program">Program and first arguments, such as dotnet and hiendmae.dll.</param>
    /// <param name="arguments">The verb and its options.</param>
    /// <param name="parentRun">The tracked run that its own is a child of.</param>
    /// <param name="logFile">Takes all that it says, after what earlier tries said.</param>
    public static StageJob Start(SweepStage stage, IReadOnlyList<string> program, IEnumerable<string> arguments, string parentRun, string logFile)
    {
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[TrackedExperiment.ParentVariable] = parentRun;
        // The sweep's own run uses it.
        start.Environment.Remove(TrackingSettings.RunVariable);
        var log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        var job = new StageJob(stage, process, log);
        process.OutputDataReceived += (_, line) => job.Hear(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => job.Hear(line.Data, isError: true);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return job;
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code, and the last error that it said.</returns>
    public async Task<(int Code, string Error)> WaitAsync()
    {
        await process.WaitForExitAsync();
        return (process.ExitCode, lastError);
    }

    /// <summary>Asks it to save a checkpoint and to end.</summary>
    public void Stop()
    {
        try
        {
            if (OperatingSystem.IsWindows()) process.StandardInput.Close();
            else _ = Kill(process.Id, Terminate);
        }
        catch (Exception error) when (error is InvalidOperationException or IOException)
        {
            // It has ended by itself.
        }
    }

    public void Dispose()
    {
        process.Dispose();
        log.Dispose();
    }

    private void Hear(string? line, bool isError)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (writing)
        {
            log.WriteLine(line);
            if (!isError) News = line.Trim();
            else if (!line.StartsWith("warning", StringComparison.Ordinal)) lastError = line.Trim();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
