using System.Text.Json;

namespace HiEndMae.Mlflow;

/// <summary>Reads the whole records of a spool, while it is being written too. Lines that a kill or a full disk cut are passed over. For one thread.</summary>
internal sealed class SpoolReader(string path)
{
    // Kept between readings: the thread that reads while a model runs allocates little.
    private byte[] buffer = new byte[16 << 10];

    /// <summary>Lines passed over by the last reading.</summary>
    public int NumTorn { get; private set; }

    /// <summary>Records from an offset on, each with the offset behind it.</summary>
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
