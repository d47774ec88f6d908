using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HiEndMae.Bench.Shared;

namespace HiEndMae.Bench.Processes;

/// <summary>One tiny stage as a local process and as a job of SLURM: where the time goes, from the command to the results, and how long a requeue takes.</summary>
internal static class JobOverhead
{
    // sbatch starts the script with this line. The journal has whole seconds only.
    private const string Setup = "setup = [\"date +%s.%N >> $PWD/begin.txt\"]";

    public static int Run(int rounds)
    {
        string before = Directory.GetCurrentDirectory(), folder = Directory.CreateTempSubdirectory("hiendmae-bench-").FullName;
        Directory.SetCurrentDirectory(folder);
        try
        {
            var parts = new Dictionary<string, List<double>>();
            for (int round = 0; round < rounds; round++)
            {
                Measure(folder, "process", "", ["--jobs", "1"], parts);
                Measure(folder, "SLURM", Setup, ["--launcher", "slurm", "--wait"], parts);
                Requeue(folder, parts);
            }
            Launch.Print($"one tiny stage, median of {rounds} rounds, load {Launch.Load}:");
            foreach ((string name, List<double> times) in parts) Launch.Print($"  {name}: {Timing.Median(times):F2} s");
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static void Measure(string folder, string where, string slurm, string[] options, Dictionary<string, List<double>> parts)
    {
        (string file, string runs, string begin) = (Path.Combine(folder, "tiny.toml"), Path.Combine(folder, "runs"), Path.Combine(folder, "begin.txt"));
        File.WriteAllText(file, TinySweep.Of(1, slurm));
        DateTimeOffset start = DateTimeOffset.UtcNow, submitted = start, end = default;
        using (Process sweep = Launch.Alone(["sweep", file, "--out", runs, .. options]))
        {
            while (sweep.StandardOutput.ReadLine() is { } line)
            {
                if (line.StartsWith("submitted", StringComparison.Ordinal) || line.Contains("  running: ", StringComparison.Ordinal) && submitted == start) submitted = DateTimeOffset.UtcNow;
                if (line.Contains("combinations are complete", StringComparison.Ordinal)) end = DateTimeOffset.UtcNow;
            }
            Launch.End(sweep);
        }
        DateTimeOffset first = First(runs), results = File.GetLastWriteTimeUtc(Directory.GetFiles(Path.Combine(runs, "stages"), "results.json", SearchOption.AllDirectories).Single());
        Add("from the command to " + (slurm.Length > 0 ? "the submission (checks, rehearsal, copy of the program)" : "the start of the process (checks, rehearsal)"), submitted - start);
        if (slurm.Length > 0)
        {
            DateTimeOffset script = Times(begin)[0];
            Add("from the submission to the start of the script", script - submitted);
            Add("from the start of the script to the first step", first - script);
            File.Delete(begin);
        }
        else Add("from the start of the process to the first step", first - submitted);
        Add("from the first step to the stage's results", results - first);
        Add("from the stage's results to the end of the sweep", end - results);
        Add("together", end - start);
        Directory.Delete(runs, recursive: true);

        void Add(string name, TimeSpan time) => Note(parts, $"{where}: {name}", time);
    }

    // A long stage is told to save and to queue again, as near its time limit.
    private static void Requeue(string folder, Dictionary<string, List<double>> parts)
    {
        (string file, string runs, string begin) = (Path.Combine(folder, "tiny.toml"), Path.Combine(folder, "runs"), Path.Combine(folder, "begin.txt"));
        File.WriteAllText(file, TinySweep.Of(1, Setup).Replace("steps = 1", "steps = 1000000\ncheckpoint_every = 1000000", StringComparison.Ordinal));
        string job = Launch.End(Launch.Alone("sweep", file, "--out", runs, "--launcher", "slurm")).Split('\n').First(line => line.StartsWith("submitted", StringComparison.Ordinal)).Split(' ')[^1];
        Wait(() => Directory.Exists(Path.Combine(runs, "stages")) && Directory.GetFiles(Path.Combine(runs, "stages"), "metrics.jsonl", SearchOption.AllDirectories).Any(one => new FileInfo(one).Length > 0));
        DateTimeOffset signal = DateTimeOffset.UtcNow;
        Launch.Command("scancel", "--batch", "--signal=USR1", job + "_0");
        string journal = Directory.GetFiles(Path.Combine(runs, "stages"), "slurm.jsonl", SearchOption.AllDirectories).Single();
        Wait(() => File.ReadAllText(journal).Contains("\"event\":\"requeue\"", StringComparison.Ordinal));
        DateTimeOffset saved = DateTimeOffset.UtcNow;
        Wait(() => Times(begin).Length == 2);
        Note(parts, "requeue: from the signal to the end of the program, with its checkpoint", saved - signal);
        Note(parts, "requeue: from the end of the program to the start of the script", Times(begin)[1] - saved);
        Launch.Command("scancel", job);
        Wait(() => Launch.Command("squeue", "-h", "-j", job).Trim().Length == 0);
        File.Delete(begin);
        Directory.Delete(runs, recursive: true);
    }

    private static void Note(Dictionary<string, List<double>> parts, string name, TimeSpan time)
    {
        if (!parts.TryGetValue(name, out List<double>? times)) parts[name] = times = [];
        times.Add(time.TotalSeconds);
    }

    private static DateTimeOffset First(string runs) =>
        JsonDocument.Parse(File.ReadLines(Directory.GetFiles(Path.Combine(runs, "stages"), "metrics.jsonl", SearchOption.AllDirectories).Single()).First()).RootElement.GetProperty("time").GetDateTimeOffset();

    private static DateTimeOffset[] Times(string file) => !File.Exists(file) ? []
        : [.. File.ReadLines(file).Select(line => DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture)))];

    private static void Wait(Func<bool> condition)
    {
        for (int i = 0; i < 3000; i++)
        {
            if (condition()) return;
            Thread.Sleep(100);
        }
        throw new TimeoutException("The job did not go on within 5 minutes.");
    }
}
