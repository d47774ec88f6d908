using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace HiEndMae.Mlflow;

/// <summary>Paths of a spool's files, and the format of its lines: eight hex digits of the CRC-32, a space, JSON.</summary>
internal static class SpoolFiles
{
    /// <summary>Name of the spool's folder in a run directory.</summary>
    public const string FolderName = "tracking";

    /// <summary>Name of the spool file in that folder.</summary>
    public const string SpoolName = "spool.log";

    /// <summary>Length of the checksum and the space before a record, in bytes.</summary>
    public const int PrefixLength = 9;

    public static string Folder(string runFolder) => Path.Combine(runFolder, FolderName);

    public static string Spool(string runFolder) => Path.Combine(runFolder, FolderName, SpoolName);

    /// <summary>Returns the path of a target's cursor. Each target has its own, so that a spool can be sent to several stores.</summary>
    public static string Cursor(string runFolder, string target) =>
        Path.Combine(Folder(runFolder), $"cursor-{Convert.ToHexStringLower(Crc32.Hash(Encoding.UTF8.GetBytes(target)))}.json");

    public static string DrainLock(string runFolder) => Path.Combine(Folder(runFolder), "drain.lock");

    public static string WriterLock(string runFolder) => Path.Combine(Folder(runFolder), "writer.lock");

    /// <summary>Writes the checksum of <paramref name="json"/> and a space.</summary>
    public static void WritePrefix(ReadOnlySpan<byte> json, Span<byte> prefix)
    {
        Utf8Formatter.TryFormat(Crc32.HashToUInt32(json), prefix, out _, new System.Buffers.StandardFormat('x', 8));
        prefix[8] = (byte)' ';
    }

    /// <summary>Returns the JSON of a line; empty if the line is incomplete.</summary>
    public static ReadOnlySpan<byte> Json(ReadOnlySpan<byte> line)
    {
        if (line.Length <= PrefixLength || line[8] != ' ' || !Utf8Parser.TryParse(line[..8], out uint sum, out int read, 'x') || read != 8) return [];
        ReadOnlySpan<byte> json = line[PrefixLength..];
        return Crc32.HashToUInt32(json) == sum ? json : [];
    }
}
