using System.Buffers;
using System.Text.Json;

namespace HiEndMae.Mlflow;

/// <summary>Appends records to a spool, from any thread. A record has left the program when <see cref="Append"/> returns, so that a kill loses none.</summary>
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

    /// <summary>Bytes written, of this process and of those before it.</summary>
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
            // The writer owns the memory behind what it gives out; the checksum goes where room was left for it.
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
                // A full disk may have taken a part of it.
                if (file.Position != start) EndTornLine();
                throw;
            }
            isSynced = false;
        }
    }

    /// <summary>Makes the disk keep what was appended, against the loss of power too; not for the thread that trains.</summary>
    public void Sync()
    {
        lock (gate)
        {
            if (isSynced) return;
            isSynced = true;
        }
        // Outside the lock: appending goes on meanwhile.
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
