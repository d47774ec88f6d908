using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using HiEndMae.Mlflow.Tests;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>Looks through everything that the program left on disk for files that are torn, without the code under test.</summary>
internal static class Wholeness
{
    /// <summary>What is wrong below a folder, one sentence for each file.</summary>
    public static List<string> FaultsIn(string folder)
    {
        var faults = new List<string>();
        foreach (string path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            try
            {
                if (FaultOf(path) is { } fault) faults.Add($"{Path.GetRelativePath(folder, path)}: {fault}");
            }
            catch (Exception error)
            {
                faults.Add($"{Path.GetRelativePath(folder, path)}: {error.Message}");
            }
        }
        return faults;
    }

    /// <summary>Files that a writer has left behind, which nothing reads.</summary>
    public static int LeftoversIn(string folder) => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
        .Count(path => path.EndsWith(".tmp", StringComparison.Ordinal) || path.EndsWith(".part", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith(".step-", StringComparison.Ordinal));

    /// <summary>What a command has left below a folder, for docs/reliability.md: whole files, whole checkpoints, and copies that were not finished.</summary>
    public static string LeftIn(string folder)
    {
        if (!Directory.Exists(folder)) return "nothing left on disk";
        int files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length, checkpoints = Directory.GetDirectories(folder, "step-*", SearchOption.AllDirectories).Length, unfinished = LeftoversIn(folder);
        return string.Create(CultureInfo.InvariantCulture, $"left on disk: {files - unfinished} whole files, {checkpoints} checkpoints, {unfinished} unfinished copies");
    }

    private static string? FaultOf(string path)
    {
        // What is being written has another name until it is whole.
        if (path.Contains(".tmp", StringComparison.Ordinal) || path.Contains(".part", StringComparison.Ordinal) || path.Contains("/.step-", StringComparison.Ordinal)) return null;
        switch (Path.GetExtension(path))
        {
            case ".json":
                JsonNode? json = JsonNode.Parse(File.ReadAllText(path));
                // The sums of a packaged model lie apart from its weights.
                return Path.GetFileName(path) == "checksums.json" && Path.GetFileName(Path.GetDirectoryName(path)!).StartsWith("step-", StringComparison.Ordinal) ? ChecksumFault(Path.GetDirectoryName(path)!, json!) : null;
            case ".jsonl":
                string text = File.ReadAllText(path);
                foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) JsonNode.Parse(line);
                return text.Length == 0 || text[^1] == '\n' ? null : "the last line is cut off";
            case ".safetensors":
                using (FileStream file = File.OpenRead(path))
                {
                    Span<byte> length = stackalloc byte[8];
                    file.ReadExactly(length);
                    var header = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
                    file.ReadExactly(header);
                    long end = JsonNode.Parse(header)!.AsObject().Where(entry => entry.Key != "__metadata__").Max(entry => (long)entry.Value!["data_offsets"]![1]!);
                    return file.Length == 8 + header.Length + end ? null : "the length is not what the header says";
                }
            case ".gz":
                using (var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress)) gzip.CopyTo(Stream.Null);
                return null;
            case ".png":
                return File.ReadAllBytes(path).AsSpan(^8..^4).SequenceEqual("IEND"u8) ? null : "no end";
            case ".html":
                return File.ReadAllText(path).TrimEnd().EndsWith("</html>", StringComparison.Ordinal) ? null : "no end";
            case ".db":
                return Query.Rows(path, "PRAGMA integrity_check") is ["ok"] ? null : "the database is damaged";
            // A log grows by lines, which wait in memory while the disk is full, so it may have none yet.
            case ".txt" when Path.GetFileName(path) == "log.txt":
                return null;
            case ".toml" or ".txt" or ".csv" or ".md":
                return new FileInfo(path).Length == 0 ? "empty" : null;
            default:
                return null;
        }
    }

    private static string? ChecksumFault(string folder, JsonNode sums)
    {
        foreach ((string name, JsonNode? sum) in sums.AsObject())
        {
            // A packaged model lists what it holds in the same form.
            if (!File.Exists(Path.Combine(folder, name))) return $"{name} is missing";
            if ((string?)sum != Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, name))))) return $"{name} has another sum";
        }
        return null;
    }
}
