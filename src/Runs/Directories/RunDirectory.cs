using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.Directories;

/// <summary>The directory of a run, <c>runs/EXPERIMENT/RUN-ID/</c>, with everything that it writes.</summary>
public sealed class RunDirectory
{
    /// <summary>Folder of the slices that the HTML report shows, one folder per case.</summary>
    public const string Slices = "figures/slices";

    private const string FingerprintFile = "fingerprint.txt";
    private const int MostWaiting = 100_000;
    private readonly Lock writing = new();
    private readonly Dictionary<string, List<string>> waiting = new(StringComparer.Ordinal);

    private RunDirectory(string path)
    {
        FullPath = path;
    }

    /// <summary>Absolute path.</summary>
    public string FullPath { get; }

    /// <summary>Last part of the path.</summary>
    public string RunId => Path.GetFileName(FullPath);

    /// <summary>Fingerprints of the run's configs, the current one last. There are several if the config was changed during the run.</summary>
    public IReadOnlyList<string> Fingerprints => System.IO.File.ReadAllLines(File(FingerprintFile));

    /// <summary>Returns the runs of an experiment that have no results yet, newest first.</summary>
    /// <param name="root">The <c>--out</c> folder.</param>
    /// <param name="experiment">Name of the experiment.</param>
    public static IReadOnlyList<RunDirectory> Unfinished(string root, string experiment)
    {
        string folder = FolderOf(root, experiment);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetDirectories(folder)
            .Where(run => System.IO.File.Exists(Path.Combine(run, FingerprintFile)) && !System.IO.File.Exists(Path.Combine(run, "results.json")))
            .OrderDescending(StringComparer.Ordinal)
            .Select(run => new RunDirectory(run))];
    }

    /// <summary>Opens an existing run directory.</summary>
    public static RunDirectory Open(string path) => new(Path.GetFullPath(path));

    /// <summary>Creates the directory of a new run.</summary>
    /// <param name="root">The <c>--out</c> folder.</param>
    /// <param name="experiment">Name of the experiment.</param>
    /// <param name="fingerprint">Fingerprint of the resolved config.</param>
    /// <param name="clock">Gives the time in the name of the run.</param>
    public static RunDirectory Create(string root, string experiment, string fingerprint, TimeProvider clock)
    {
        string folder = FolderOf(root, experiment);
        string stamp = clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string path = Path.Combine(folder, $"{stamp}-{fingerprint[..8]}");
        for (int again = 2; Directory.Exists(path); again++)
            path = Path.Combine(folder, $"{stamp}-{fingerprint[..8]}-{again.ToString(CultureInfo.InvariantCulture)}");
        Directory.CreateDirectory(path);
        var directory = new RunDirectory(path);
        directory.Write(FingerprintFile, fingerprint + "\n");
        return directory;
    }

    /// <summary>Records that the run continues with another config.</summary>
    public void ChangeFingerprint(string fingerprint) =>
        Write(FingerprintFile, string.Concat(Fingerprints.Where(one => one != fingerprint).Append(fingerprint).Select(one => one + "\n")));

    /// <summary>Returns the path of a file of the run.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    /// <summary>Writes a file of the run completely or not at all.</summary>
    public void Write(string name, string text) => AtomicFile.WriteText(File(name), text);

    /// <summary>Appends a line, from any thread. If the disk is full, the line is kept in memory until the next one, so that a run does not fail because of its log.</summary>
    public void AppendLine(string name, string line)
    {
        lock (writing)
        {
            if (!waiting.TryGetValue(name, out List<string>? lines)) waiting[name] = lines = [];
            if (lines.Count < MostWaiting) lines.Add(line);
            using var file = new FileStream(File(name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            long length = file.Seek(0, SeekOrigin.End);
            try
            {
                file.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(one => one + "\n"))));
                file.Flush();
                lines.Clear();
            }
            catch (Exception error) when (error is IOException or ArgumentOutOfRangeException)
            {
                // The disk is full or a file is too large. An incomplete line is removed.
                file.SetLength(length);
            }
        }
    }

    /// <summary>Removes a stage's values of steps that will be repeated.</summary>
    public void DropMetricsAfter(string stage, int step)
    {
        if (!System.IO.File.Exists(File("metrics.jsonl"))) return;
        lock (writing)
        {
            // A line that was cut off by a kill is not valid JSON. It is removed as well.
            IEnumerable<string> kept = System.IO.File.ReadAllLines(File("metrics.jsonl")).Where(line => Parse(line) is { } value
                && ((string?)value["stage"] != stage || (int)value["step"]! <= step));
            Write("metrics.jsonl", string.Concat(kept.Select(line => line + "\n")));
        }
    }

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string FolderOf(string root, string experiment) => Path.GetFullPath(Path.Combine(root, FileNames.Safe(experiment)));
}
