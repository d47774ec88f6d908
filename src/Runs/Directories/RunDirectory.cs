using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.Directories;

/// <summary>The directory of a run, <c>runs/EXPERIMENT/RUN-ID/</c>, with everything that it writes.</summary>
public sealed class RunDirectory : IDisposable
{
    /// <summary>Folder of the slices that the HTML report shows, one folder per case.</summary>
    public const string Slices = "figures/slices";

    private const string FingerprintFile = "fingerprint.txt", LockFile = "lock", ResultsFile = "results.json", EndingFile = "ending", HiddenPrefix = ".combination-";
    private const int MostWaiting = 100_000;
    private readonly Lock writing = new();
    private readonly Dictionary<string, List<string>> waiting = new(StringComparer.Ordinal);
    private readonly bool isReadOnly;
    private FileLock? held;

    private RunDirectory(string path, bool isReadOnly = false)
    {
        FullPath = path;
        this.isReadOnly = isReadOnly;
    }

    /// <summary>Absolute path.</summary>
    public string FullPath { get; }

    /// <summary>Last part of the path.</summary>
    public string RunId => Path.GetFileName(FullPath);

    /// <summary>Fingerprints of the run's configs, the current one last. There are several if the config was changed during the run.</summary>
    public IReadOnlyList<string> Fingerprints => System.IO.File.ReadAllLines(File(FingerprintFile));

    /// <summary>Returns whether a run has its results and has completed its report and its tracking.</summary>
    /// <param name="path">The run directory.</param>
    public static bool HasEnded(string path) => System.IO.File.Exists(Path.Combine(path, ResultsFile)) && !System.IO.File.Exists(Path.Combine(path, EndingFile));

    /// <summary>Returns the runs of an experiment that have not ended, newest first.</summary>
    /// <param name="root">The <c>--out</c> folder.</param>
    /// <param name="experiment">Name of the experiment.</param>
    public static IReadOnlyList<RunDirectory> Unfinished(string root, string experiment)
    {
        string folder = FolderOf(root, experiment);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetDirectories(folder)
            .Where(run => System.IO.File.Exists(Path.Combine(run, FingerprintFile)) && !HasEnded(run))
            .OrderDescending(StringComparer.Ordinal)
            .Select(run => new RunDirectory(run))];
    }

    /// <summary>Opens an existing run directory.</summary>
    public static RunDirectory Open(string path) => new(Path.GetFullPath(path));

    /// <summary>Opens a run directory that another process writes. Everything that this process would write is discarded.</summary>
    public static RunDirectory Join(string path) => new(Path.GetFullPath(path), isReadOnly: true);

    /// <summary>Creates the directory of a new run and keeps other processes out of it until the object is disposed.</summary>
    /// <param name="root">The <c>--out</c> folder.</param>
    /// <param name="experiment">Name of the experiment.</param>
    /// <param name="fingerprint">Fingerprint of the resolved config.</param>
    /// <param name="clock">Gives the time in the name of the run.</param>
    public static RunDirectory Create(string root, string experiment, string fingerprint, TimeProvider clock)
    {
        foreach (string path in FreePaths(FolderOf(root, experiment), fingerprint, clock))
        {
            var directory = new RunDirectory(path);
            // Another process may have chosen the same name in the same second.
            if (directory.TryHold() && !System.IO.File.Exists(directory.File(FingerprintFile)))
            {
                directory.Write(FingerprintFile, fingerprint + "\n");
                return directory;
            }
            directory.Dispose();
        }
        throw new UnreachableException();
    }

    /// <summary>Creates a hidden folder in which a run is put together. Hidden folders that killed processes left are removed. <see cref="Publish"/> gives the folder its name.</summary>
    /// <param name="root">The <c>--out</c> folder.</param>
    /// <param name="experiment">Name of the experiment.</param>
    public static RunDirectory CreateHidden(string root, string experiment)
    {
        string folder = FolderOf(root, experiment);
        foreach (string left in Directory.Exists(folder) ? Directory.GetDirectories(folder, HiddenPrefix + "*") : [])
        {
            FileLock? abandoned = FileLock.TryTake(Path.Combine(left, LockFile));
            abandoned?.Dispose();
            if (abandoned is not null) Directory.Delete(left, recursive: true);
        }
        var directory = new RunDirectory(Path.Combine(folder, HiddenPrefix + Guid.NewGuid().ToString("N")));
        directory.TryHold();
        return directory;
    }

    /// <summary>Gives a hidden folder, which is complete now, the name of a run.</summary>
    /// <param name="fingerprint">Fingerprint of the resolved config.</param>
    /// <param name="clock">Gives the time in the name of the run.</param>
    /// <returns>The new path. This object must not be used any more.</returns>
    public string Publish(string fingerprint, TimeProvider clock)
    {
        Write(FingerprintFile, fingerprint + "\n");
        foreach (string path in FreePaths(Path.GetDirectoryName(FullPath)!, fingerprint, clock))
        {
            try
            {
                Directory.Move(FullPath, path);
                return path;
            }
            catch (IOException) when (Directory.Exists(path))
            {
                // Another process has taken the name meanwhile.
            }
        }
        throw new UnreachableException();
    }

    private static IEnumerable<string> FreePaths(string folder, string fingerprint, TimeProvider clock)
    {
        string path = Path.Combine(folder, $"{clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{fingerprint[..8]}");
        return Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? path : FormattableString.Invariant($"{path}-{number}")).Where(free => !Directory.Exists(free));
    }

    /// <summary>Keeps other processes out of the directory until the object is disposed.</summary>
    /// <returns>False if another process works in the directory.</returns>
    /// <exception cref="IOException">The lock cannot be created in the directory.</exception>
    public bool TryHold() => held is not null || (held = FileLock.TryTake(File(LockFile))) is not null;

    /// <summary>Lets other processes into the directory.</summary>
    public void Dispose() => held?.Dispose();

    /// <summary>Records that the run continues with another config.</summary>
    public void ChangeFingerprint(string fingerprint) =>
        Write(FingerprintFile, string.Concat(Fingerprints.Where(one => one != fingerprint).Append(fingerprint).Select(one => one + "\n")));

    /// <summary>Returns the path of a file of the run.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    /// <summary>Writes a file of the run completely or not at all.</summary>
    public void Write(string name, string text)
    {
        if (!isReadOnly) AtomicFile.WriteText(File(name), text);
    }

    /// <summary>Writes the results. A run that is killed between this call and <see cref="End"/> counts as unfinished, so that --resume completes its report and its tracking.</summary>
    public void WriteResults(string json)
    {
        Write(EndingFile, "");
        Write(ResultsFile, json);
    }

    /// <summary>Records that the run is complete.</summary>
    public void End()
    {
        if (!isReadOnly) System.IO.File.Delete(File(EndingFile));
    }

    /// <summary>Appends a line, from any thread. If the disk is full, the line is kept in memory until the next one, so that a run does not fail because of its log.</summary>
    public void AppendLine(string name, string line)
    {
        if (isReadOnly) return;
        lock (writing)
        {
            if (!waiting.TryGetValue(name, out List<string>? lines)) waiting[name] = lines = [];
            if (lines.Count < MostWaiting) lines.Add(line);
            try
            {
                // Unbuffered: on a full disk, a buffer would fail once more when the file is closed.
                using var file = new FileStream(File(name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                long length = file.Seek(0, SeekOrigin.End);
                try
                {
                    file.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(one => one + "\n"))));
                    lines.Clear();
                }
                catch (Exception error) when (error is IOException or ArgumentOutOfRangeException)
                {
                    file.SetLength(length); // no half line stays
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The disk is full, a limit on the sizes of files is reached, or the folder cannot be written to.
            }
        }
    }

    /// <summary>Removes a stage's values of steps that will be repeated.</summary>
    public void DropMetricsAfter(string stage, int step)
    {
        if (isReadOnly || !System.IO.File.Exists(File("metrics.jsonl"))) return;
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
