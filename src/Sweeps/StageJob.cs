using System.Diagnostics;
using System.Runtime.InteropServices;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>The process of a stage, a separate <c>hiendmae run</c>, so that a crash does not affect other stages. When the sweep ends, its standard input closes and it ends as well.</summary>
internal sealed partial class StageJob : IRunningStage, IDisposable
{
    private const int Terminate = 15;
    private const string ErrorPrefix = "error: ";
    private readonly Process process;
    private readonly StreamWriter log;
    private readonly Lock writing = new();
    private readonly Action<string> warn;
    private bool isLogging = true;
    private string lastError = "";
    private bool hasMessage;

    private StageJob(SweepStage stage, Process process, StreamWriter log, Action<string> warn)
    {
        Stage = stage;
        this.warn = warn;
        this.process = process;
        this.log = log;
    }

    /// <summary>The stage that it runs.</summary>
    public SweepStage Stage { get; }

    /// <summary>The last line of its output, such as "pretrain: 20/600 loss 0.91".</summary>
    public string News { get; private set; } = "";

    /// <summary>Starts the process.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="program">Program and first arguments, such as dotnet and hiendmae.dll.</param>
    /// <param name="arguments">The command and its options.</param>
    /// <param name="parentRun">The tracked run that becomes the parent of its run.</param>
    /// <param name="logFile">The file to which its output is appended.</param>
    /// <param name="warn">Called once if the file cannot be written any more.</param>
    public static StageJob Start(SweepStage stage, IReadOnlyList<string> program, IEnumerable<string> arguments, string parentRun, string logFile, Action<string> warn)
    {
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[TrackedExperiment.ParentVariable] = parentRun;
        // The sweep itself uses the run that this variable names. Its jobs create their runs beside it.
        if (start.Environment.Remove(EnvironmentIds.RunVariable, out string? run)) start.Environment[EnvironmentIds.SweepRunVariable] = run;
        var log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        var job = new StageJob(stage, process, log, warn);
        process.OutputDataReceived += (_, line) => job.Hear(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => job.Hear(line.Data, isError: true);
        process.Start();
        job.Greet();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return job;
    }

    /// <summary>Waits until the process ends.</summary>
    /// <returns>The exit code and the last error message.</returns>
    public async Task<(int Code, string Error)> WaitAsync()
    {
        await process.WaitForExitAsync();
        return (process.ExitCode, lastError);
    }

    /// <summary>Requests that the process saves a checkpoint and ends.</summary>
    public void Stop()
    {
        try
        {
            if (OperatingSystem.IsWindows()) process.StandardInput.Close();
            else _ = Kill(process.Id, Terminate);
        }
        catch (Exception error) when (error is InvalidOperationException or IOException)
        {
            // The process has ended already.
        }
    }

    public void Dispose()
    {
        process.Dispose();
        Log(log.Dispose);
    }

    // After this byte, the job treats the end of its standard input as the end of the sweep.
    private void Greet()
    {
        try
        {
            process.StandardInput.Write('\n');
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended already. Its exit code gives the reason.
        }
    }

    private void Hear(string? line, bool isError)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (writing)
        {
            if (isLogging) Log(() => log.WriteLine(line));
            if (!isError) News = line.Trim();
            // The first line of a message says what is wrong; the lines below it list details.
            else if (line.StartsWith(ErrorPrefix, StringComparison.Ordinal)) (lastError, hasMessage) = (line[ErrorPrefix.Length..].Trim(), true);
            else if (!hasMessage && !line.StartsWith("warning", StringComparison.Ordinal)) lastError = line.Trim();
        }
    }

    // A full disk must not end the sweep. The exit code and the last error of the job are known without its log.
    private void Log(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error)
        {
            // What could not be written is still in the writer, so closing it fails as well.
            if (isLogging) warn($"the output of a stage is not logged any more: {error.Message}");
            isLogging = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
