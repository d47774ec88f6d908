using System.Diagnostics;
using System.Globalization;

namespace HiEndMae.Host.Tests;

/// <summary>The program in a process of its own, so that it can be sent signals.</summary>
internal sealed class ProgramProcess : IDisposable
{
    private static readonly Dictionary<string, string> NoVariables = [];
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> error;

    public ProgramProcess(params string[] args) : this(Program, args, NoVariables)
    {
    }

    /// <summary>Starts the program with some variables more than this process has.</summary>
    public ProgramProcess(IReadOnlyDictionary<string, string> variables, params string[] args) : this(Program, args, variables)
    {
    }

    private ProgramProcess(string file, string[] args, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(file, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        process = Process.Start(start)!;
        output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Path of the program.</summary>
    public static string Program { get; } = Path.GetFullPath(Path.Combine(Repository.Plugins, "..", "hiendmae"));

    public bool HasExited => process.HasExited;

    /// <summary>Runs the program under a shell line in which $PROGRAM stands for it.</summary>
    public static ProgramProcess Shell(string line) => new("/bin/bash", ["-c", line.Replace("$PROGRAM", $"'{Program}'", StringComparison.Ordinal)], NoVariables);

    /// <summary>Starts the program as the head of a process group, so that it can be killed together with the processes that it starts.</summary>
    public static ProgramProcess Group(params string[] args) => new("setsid", [Program, .. args], NoVariables);

    /// <summary>Kills a program that <see cref="Group"/> has started.</summary>
    public void Kill(bool withChildren)
    {
        string number = process.Id.ToString(CultureInfo.InvariantCulture);
        using Process kill = Process.Start("kill", ["-KILL", "--", withChildren ? "-" + number : number]);
        kill.WaitForExit();
    }

    /// <summary>Whether the program ends by itself within a time.</summary>
    public async Task<bool> EndsWithin(TimeSpan time)
    {
        Task ended = process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await Task.WhenAny(ended, Task.Delay(time, TestContext.Current.CancellationToken)) == ended;
    }

    public void Send(string signal)
    {
        using Process kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until something is so, or the program has ended.</summary>
    public async Task<bool> WaitFor(Func<bool> condition)
    {
        for (int i = 0; i < 6000 && !process.HasExited; i++)
        {
            if (condition()) return true;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        return condition();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int Code, string Output, string Error)> End()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
