using System.Diagnostics;

namespace HiEndMae.Bench.Processes;

/// <summary>A sweep of many tiny stages: what each costs in time, files and bytes, and how long the commands take that read all of them.</summary>
internal static class ManyStages
{
    public static int Run(int stages, bool isSlurm)
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-bench-").FullName, file = Path.Combine(folder, "tiny.toml"), runs = Path.Combine(folder, "runs");
        try
        {
            File.WriteAllText(file, TinySweep.Of(stages));
            Launch.Print($"{stages} stages {(isSlurm ? "on SLURM" : "locally, 2 at a time")}, load {Launch.Load}");
            string[] where = isSlurm ? ["--launcher", "slurm", "--wait"] : ["--jobs", "2"];
            Time("plan (--dry-run)", "sweep", file, "--out", runs, "--dry-run");
            double sweep = Time("sweep", ["sweep", file, "--out", runs, .. where]);
            Launch.Print($"  {1e3 * sweep / stages:F0} ms per stage");
            Time("the same sweep again", ["sweep", file, "--out", runs, .. where]);
            Time("--status", "sweep", file, "--out", runs, "--status");
            Time("report", "report", file, "--runs", runs);
            foreach (string folderOfRuns in Directory.GetDirectories(runs).Order(StringComparer.Ordinal)) Size(Path.GetFileName(folderOfRuns), folderOfRuns, "*", stages);
            Size("all", runs, "*", stages);
            Size("spools", runs, "spool.log", stages);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static double Time(string name, params string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        Process process = Launch.Alone(arguments);
        // The time of the stages, which are other processes, is not in it.
        TimeSpan own = TimeSpan.Zero;
        using var sampler = new Timer(_ => own = Own(process) ?? own, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Launch.End(process);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Launch.Print($"  {name}: {seconds:F2} s, {own.TotalSeconds:F1} s of processor in the command itself (load {Launch.Load})");
        return seconds;
    }

    // Null if the process has ended.
    private static TimeSpan? Own(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static void Size(string name, string folder, string pattern, int stages)
    {
        FileInfo[] files = [.. new DirectoryInfo(folder).EnumerateFiles(pattern, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })];
        Launch.Print($"  {name}: {(double)files.Length / stages:F1} files and {files.Sum(file => file.Length) / 1e3 / stages:F1} kB per stage");
    }
}
