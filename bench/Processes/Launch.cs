using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace HiEndMae.Bench.Processes;

/// <summary>Starts the program and mpirun.</summary>
internal static class Launch
{
    /// <summary>Path of the program. HIENDMAE_BENCH_PROGRAM names another build, to compare two versions.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("HIENDMAE_BENCH_PROGRAM") ?? typeof(Launch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "Program").Value!;

    /// <summary>Starts processes of mpirun that may use all cores.</summary>
    public static Process Mpi(int size, IReadOnlyDictionary<string, string> variables, params string[] command)
    {
        ProcessStartInfo start = Quiet("mpirun", ["--oversubscribe", "-n", size.ToString(CultureInfo.InvariantCulture), .. command], variables);
        // Open MPI refuses root, looks for displays, and binds ranks to cores by default.
        foreach ((string name, string value) in new[] { ("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"), ("HWLOC_COMPONENTS", "-gl"), ("OMPI_MCA_hwloc_base_binding_policy", "none") })
            start.Environment[name] = value;
        // With fewer cores than ranks, a rank that waits must let others compute.
        if (size > Environment.ProcessorCount) start.Environment["OMPI_MCA_mpi_yield_when_idle"] = "1";
        return Process.Start(start)!;
    }

    /// <summary>Starts the program.</summary>
    public static Process Alone(params string[] arguments) => Process.Start(Quiet(Program, arguments, new Dictionary<string, string>()))!;

    /// <summary>Waits for processes and returns the output of the first.</summary>
    /// <exception cref="InvalidOperationException">A process failed.</exception>
    public static string End(params Process[] processes)
    {
        Task<string>[] outputs = [.. processes.Select(process => process.StandardOutput.ReadToEndAsync())], errors = [.. processes.Select(process => process.StandardError.ReadToEndAsync())];
        for (int i = 0; i < processes.Length; i++)
        {
            processes[i].WaitForExit();
            if (processes[i].ExitCode != 0) throw new InvalidOperationException($"'{processes[i].StartInfo.FileName} {string.Join(' ', processes[i].StartInfo.ArgumentList)}' ended with {processes[i].ExitCode}: {errors[i].Result}{outputs[i].Result}");
            processes[i].Dispose();
        }
        return outputs[0].Result;
    }

    /// <summary>Runs a command and returns its output.</summary>
    public static string Command(string command, params string[] arguments) => End(Process.Start(Quiet(command, arguments, new Dictionary<string, string>()))!);

    /// <summary>The average number of waiting and running threads in the last minute, for reports.</summary>
    public static string Load => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>Formats with a point, whatever the language of the machine.</summary>
    public static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static ProcessStartInfo Quiet(string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TERM"] = "dumb"; // mpirun gives its processes a terminal
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        return start;
    }
}
