using System.Text.Json;

namespace HiEndMae.Mlflow;

/// <summary>Reads the complete records of a spool, also while it is being written. Lines that are incomplete because of a kill or a full disk are skipped. Not thread-safe.</summary>
internal sealed class SpoolReader(string path)
{
    // The buffer is reused, so that the background thread allocates little while a model trains.
    private byte[] buffer = new byte[16 << 10];

    /// <summary>Number of lines that the last reading skipped.</summary>
    public int NumTorn { get; private set; }

    /// <summary>Returns the records after an offset, each with the offset of its end.</summary>
    public IEnumerable<(SpoolRecord Record, long End)> Read(long offset)
    {
        NumTorn = 0;
        if (!File.Exists(path)) yield break;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (offset > file.Length) offset = 0; // the cursor is of another file: what is sent twice changes nothing
        file.Seek(offset, SeekOrigin.Begin);
        int count = 0;
        while (true)
        {
            int read = file.Read(buffer, count, buffer.Length - count);
            if (read == 0) yield break; // what is left is a line without its end: torn, or just being written
            count += read;
            int start = 0;
            while (Array.IndexOf(buffer, (byte)'\n', start, count - start) is >= 0 and var end)
            {
                offset += end + 1 - start;
                SpoolRecord? record = Parse(buffer.AsSpan(start, end - start));
                start = end + 1;
                if (record is not null) yield return (record, offset);
                else NumTorn++;
            }
            buffer.AsSpan(start, count - start).CopyTo(buffer);
            count -= start;
            if (count == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private static SpoolRecord? Parse(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> json = SpoolFiles.Json(line);
        if (json.Length == 0) return null;
        try
        {
            return JsonSerializer.Deserialize(json, MlflowJson.Default.SpoolRecord);
        }
        catch (JsonException)
        {
            return null; // whole, but of a program that we do not know
        }
    }
}
