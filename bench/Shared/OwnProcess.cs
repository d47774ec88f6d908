using System.Diagnostics;

namespace HiEndMae.Bench.Shared;

/// <summary>Runs the benchmark again in a process of its own, so that its peak memory is its own.</summary>
internal static class OwnProcess
{
    /// <summary>Runs the program with other arguments and waits for it. It prints to the same terminal.</summary>
    /// <param name="args">The arguments.</param>
    /// <returns>The exit code.</returns>
    public static int Run(params string[] args)
    {
        string[] command = Command(args);
        using Process child = Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
        child.WaitForExit();
        return child.ExitCode;
    }

    /// <summary>Returns the command that runs the program with other arguments.</summary>
    /// <param name="args">The arguments.</param>
    public static string[] Command(params string[] args)
    {
        string program = Environment.ProcessPath!;
        string[] own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        return [program, .. own, .. args];
    }
}
