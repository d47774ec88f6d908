using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace HiEndMae.Mlflow;

/// <summary>Where the files of a spool lie, and what a line of it looks like: eight hex digits of the CRC-32, a space, JSON.</summary>
internal static class SpoolFiles
{
    /// <summary>Folder below a run directory.</summary>
    public const string FolderName = "tracking";

    /// <summary>Name of the spool in it.</summary>
    public const string SpoolName = "spool.log";

    /// <summary>Checksum and space before a record.</summary>
    public const int PrefixLength = 9;

    public static string Folder(string runFolder) => Path.Combine(runFolder, FolderName);

    public static string Spool(string runFolder) => Path.Combine(runFolder, FolderName, SpoolName);

    /// <summary>How far one target has got; a target each, so that a spool can be brought to several stores.</summary>
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

    /// <summary>The JSON of a line, empty where the line is not whole.</summary>
    public static ReadOnlySpan<byte> Json(ReadOnlySpan<byte> line)
    {
        if (line.Length <= PrefixLength || line[8] != ' ' || !Utf8Parser.TryParse(line[..8], out uint sum, out int read, 'x') || read != 8) return [];
        ReadOnlySpan<byte> json = line[PrefixLength..];
        return Crc32.HashToUInt32(json) == sum ? json : [];
    }
}
