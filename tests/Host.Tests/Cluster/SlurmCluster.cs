using System.Diagnostics;
using System.Globalization;

namespace HiEndMae.Host.Tests.Cluster;

/// <summary>A SLURM cluster of two nodes on this machine, for the tests of one class.</summary>
public sealed class SlurmCluster : IDisposable
{
    private static readonly string[] Commands = ["slurmctld", "slurmd", "munged", "sbatch", "squeue", "scontrol"];
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-slurm-").FullName;

    public SlurmCluster()
    {
        Missing = !OperatingSystem.IsLinux() ? "SLURM runs on Linux."
            : Environment.UserName != "root" ? "A cluster of one's own needs root."
            : Commands.FirstOrDefault(command => Find(command) is null) is { } missing ? $"There is no '{missing}': apt-get install slurmctld slurmd slurm-client munge." : null;
        if (Missing is not null) return;
        (int code, string output) = Execute(Script("slurm-up"), folder);
        if (code != 0) Missing = $"The cluster did not start: {output}";
        // The program's own calls of SLURM's commands inherit it.
        Environment.SetEnvironmentVariable("SLURM_CONF", Path.Combine(folder, "slurm.conf"));
    }

    /// <summary>Why there is no cluster; null where there is one.</summary>
    public string? Missing { get; }

    public void Dispose()
    {
        if (Missing is null) Execute(Script("slurm-down"), folder);
        Environment.SetEnvironmentVariable("SLURM_CONF", null);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Runs a command of SLURM.</summary>
    public string Run(string command, params string[] arguments)
    {
        (int code, string output) = Execute(command, arguments);
        Assert.True(code == 0, $"{command} {string.Join(' ', arguments)}: {output}");
        return output;
    }

    /// <summary>Ends a node as a power cut does: its daemon and all of its jobs' processes, without a word to anyone.</summary>
    public void CutPower(string node)
    {
        int daemon = int.Parse(File.ReadAllText(Path.Combine(folder, "run", $"slurmd-{node}.pid")), CultureInfo.InvariantCulture);
        Kill(daemon);
        foreach (string process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                string variables = File.ReadAllText(Path.Combine(process, "environ"));
                bool isOfJob = variables.Contains($"SLURMD_NODENAME={node}\0", StringComparison.Ordinal) && variables.Contains($"SLURM_CONF={folder}", StringComparison.Ordinal);
                bool isStep = File.ReadAllText(Path.Combine(process, "cmdline")).StartsWith("slurmstepd", StringComparison.Ordinal) && variables.Contains(folder, StringComparison.Ordinal);
                if (isOfJob || isStep) Kill(int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }
    }

    /// <summary>Brings a node back.</summary>
    public void Restart(string node) => Execute("slurmd", "-N", node);

    private static void Kill(int process) => Execute("kill", "-9", process.ToString(CultureInfo.InvariantCulture));

    private static string Script(string name) => Path.Combine(Repository.Root, "tests", "Host.Tests", "Cluster", name);

    private static string? Find(string command) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);

    private static (int Code, string Output) Execute(string command, params string[] arguments)
    {
        // Daemons keep what they inherit, so their output goes to a file and not into a pipe whose end would be waited for.
        string log = Path.GetTempFileName();
        try
        {
            string line = string.Join(' ', arguments.Prepend(command).Select(word => $"'{word}'"));
            using Process process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"{line} > '{log}' 2>&1 < /dev/null"]))!;
            process.WaitForExit();
            return (process.ExitCode, File.ReadAllText(log));
        }
        finally
        {
            File.Delete(log);
        }
    }
}
