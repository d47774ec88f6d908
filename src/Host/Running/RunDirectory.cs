using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HiEndMae.Host.Running;

/// <summary><c>runs/EXPERIMENT/RUN-ID/</c>: everything that a run leaves behind.</summary>
public sealed class RunDirectory
{
    private readonly Lock writing = new();

    private RunDirectory(string path)
    {
        FullPath = path;
    }

    /// <summary>Absolute path.</summary>
    public string FullPath { get; }

    /// <summary>Last part of the path.</summary>
    public string RunId => Path.GetFileName(FullPath);

    /// <summary>Opens the newest unfinished run of the same config where <paramref name="resume"/> is set, otherwise a new one.</summary>
    /// <param name="root">The <c>--out</c> folder.</param>
    /// <param name="experiment">Name of the experiment.</param>
    /// <param name="fingerprint">Of the resolved config; a run of another config is never resumed.</param>
    /// <param name="resume">Whether to go on where a run was interrupted.</param>
    /// <param name="clock">Gives the run its name.</param>
    public static RunDirectory Open(string root, string experiment, string fingerprint, bool resume, TimeProvider clock)
    {
        string folder = Path.GetFullPath(Path.Combine(root, SafeName(experiment)));
        if (resume && Directory.Exists(folder))
        {
            string? unfinished = Directory.GetDirectories(folder)
                .Where(run => System.IO.File.Exists(Path.Combine(run, "fingerprint.txt"))
                    && System.IO.File.ReadAllText(Path.Combine(run, "fingerprint.txt")).Trim() == fingerprint
                    && !System.IO.File.Exists(Path.Combine(run, "results.json")))
                .Order(StringComparer.Ordinal)
                .LastOrDefault();
            if (unfinished is not null) return new RunDirectory(unfinished);
        }
        string stamp = clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string path = Path.Combine(folder, $"{stamp}-{fingerprint[..8]}");
        for (int again = 2; Directory.Exists(path); again++)
            path = Path.Combine(folder, $"{stamp}-{fingerprint[..8]}-{again.ToString(CultureInfo.InvariantCulture)}");
        Directory.CreateDirectory(path);
        var directory = new RunDirectory(path);
        directory.Write("fingerprint.txt", fingerprint + "\n");
        return directory;
    }

    /// <summary>Path of a file of the run.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    /// <summary>Writes a file beside itself and renames it.</summary>
    public void Write(string name, string text)
    {
        string target = File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        System.IO.File.WriteAllText(target + ".tmp", text);
        System.IO.File.Move(target + ".tmp", target, overwrite: true);
    }

    /// <summary>Appends a line, from any thread.</summary>
    public void AppendLine(string name, string line)
    {
        lock (writing) System.IO.File.AppendAllText(File(name), line + "\n");
    }

    /// <summary>Removes a stage's values of steps that will be done again.</summary>
    public void DropMetricsAfter(string stage, int step)
    {
        if (!System.IO.File.Exists(File("metrics.jsonl"))) return;
        lock (writing)
        {
            // A line cut off by a kill is no JSON: it is dropped too.
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

    /// <summary>A name as a part of a path: letters, digits, '-', '_' and '.' only.</summary>
    public static string SafeName(string name) =>
        string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.') is { Length: > 0 } safe ? safe : "run";
}
