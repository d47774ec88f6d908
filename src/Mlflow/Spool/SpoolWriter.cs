using System.Buffers;
using System.Text.Json;

namespace HiEndMae.Mlflow;

/// <summary>Appends records to a spool. Thread-safe. <see cref="Append"/> returns after the operating system has the record, so that a kill loses none.</summary>
internal sealed class SpoolWriter : IDisposable
{
    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter json;
    private readonly FileStream file;
    private bool isSynced = true;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public SpoolWriter(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        json = new Utf8JsonWriter(buffer);
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Seek(0, SeekOrigin.End);
        EndTornLine();
    }

    /// <summary>Length of the spool in bytes.</summary>
    public long Length
    {
        get
        {
            lock (gate) return file.Position;
        }
    }

    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(SpoolRecord record)
    {
        lock (gate)
        {
            buffer.ResetWrittenCount();
            buffer.GetSpan(SpoolFiles.PrefixLength);
            buffer.Advance(SpoolFiles.PrefixLength);
            json.Reset();
            JsonSerializer.Serialize(json, record, MlflowJson.Default.SpoolRecord);
            json.Flush();
            buffer.GetSpan(1)[0] = (byte)'\n';
            buffer.Advance(1);
            int length = buffer.WrittenCount;
            // The buffer has room for the checksum before the JSON.
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(buffer.WrittenMemory, out ArraySegment<byte> written);
            Span<byte> line = written.AsSpan(0, length);
            SpoolFiles.WritePrefix(line[SpoolFiles.PrefixLength..^1], line);
            long start = file.Position;
            try
            {
                file.Write(line); // one write, unbuffered
            }
            catch (IOException)
            {
                // A full disk may have stored a part of the record.
                if (file.Position != start) EndTornLine();
                throw;
            }
            isSynced = false;
        }
    }

    /// <summary>Flushes the appended records to the disk, so that they survive a loss of power. It is slow; do not call it from the training thread.</summary>
    public void Sync()
    {
        lock (gate)
        {
            if (isSynced) return;
            isSynced = true;
        }
        // This is outside the lock, so that other threads can append meanwhile.
        RandomAccess.FlushToDisk(file.SafeFileHandle);
    }

    public void Dispose()
    {
        lock (gate)
        {
            json.Dispose();
            file.Dispose();
        }
    }

    private void EndTornLine()
    {
        if (file.Length == 0) return;
        Span<byte> last = stackalloc byte[1];
        RandomAccess.Read(file.SafeFileHandle, last, file.Length - 1);
        if (last[0] == (byte)'\n') return;
        file.Seek(0, SeekOrigin.End);
        file.Write("\n"u8);
    }
}
