using System.Collections.Concurrent;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Writes a compressed NIfTI-1 file with many channels, a few planes at a time, so that only these are in memory.</summary>
/// <remarks>
/// The file stores one channel after another, but planes of all channels arrive together. Each channel is therefore compressed into a temporary file, and at the end these are
/// joined, because gzip allows several members in a file (RFC 1952, 2.2). At most one channel is on disk twice.
/// </remarks>
public sealed class NiftiChannelWriter : IDisposable
{
    private const short Float32 = 16;
    private readonly string path;
    private readonly Size3 size;
    private readonly byte[] header;
    private readonly string[] partial;
    private readonly GZipStream?[] streams;
    private readonly ConcurrentBag<float[]> planes = [];
    private int next;

    /// <summary>Opens the temporary files.</summary>
    /// <param name="path">Path that ends in .nii.gz, in an existing folder. An existing file is replaced when the new one is complete.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="grid">Grid of the voxels; at most 32767 along an axis.</param>
    /// <param name="forms">Forms of a file with the same grid; null to store the affine of the grid in both forms.</param>
    /// <exception cref="VolumeException">The volume does not fit the format, or the file cannot be written.</exception>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public NiftiChannelWriter(string path, int channels, VolumeGrid grid, NiftiForms? forms)
    {
        ArgumentNullException.ThrowIfNull(path);
        this.path = path;
        size = grid.Size;
        header = NiftiHeaderFormatter.Format(channels, size, grid.Affine, forms, Float32, sizeof(float))
            ?? throw new VolumeException($"'{path}' cannot be written: {size} voxels in {channels} channels are more than NIfTI-1 can hold.");
        string id = Guid.NewGuid().ToString("N");
        partial = [.. Enumerable.Range(0, channels).Select(channel => $"{path}.{id}.{channel}.partial")];
        streams = new GZipStream?[channels];
        Guarded(() =>
        {
            for (int channel = 0; channel < channels; channel++)
                streams[channel] = new GZipStream(new FileStream(partial[channel], FileMode.CreateNew, FileAccess.Write, FileShare.None), CompressionLevel.Fastest);
        });
    }

    /// <summary>Writes planes of constant z for every channel.</summary>
    /// <param name="z">Index of the first plane. It must follow those already written.</param>
    /// <param name="slab">[K, X, Y, planes].</param>
    public void Write(int z, Volume<float> slab)
    {
        ArgumentNullException.ThrowIfNull(slab);
        if (z != next || slab.Channels != streams.Length || slab.Size.X != size.X || slab.Size.Y != size.Y || z + slab.Size.Z > size.Z)
            throw new ArgumentException($"Planes {z} to {z + slab.Size.Z - 1} of {slab.Channels} channels do not follow plane {next} of '{path}'.", nameof(slab));
        next += slab.Size.Z;
        // As many buffers as threads, which stay with the writer: buffers of all channels together would be as large as the slab.
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Guarded(() => Parallel.For(0, streams.Length, options, channel =>
        {
            if (!planes.TryTake(out float[]? buffer) || buffer.Length < slab.Size.Count) buffer = new float[slab.Size.Count];
            SlabTranspose.FromVolume(slab.Channel(channel), buffer, slab.Size, 0, slab.Size.Z);
            streams[channel]!.Write(MemoryMarshal.AsBytes(buffer.AsSpan(0, (int)slab.Size.Count)));
            planes.Add(buffer);
        }));
    }

    /// <summary>Completes the file and gives it its name.</summary>
    /// <exception cref="InvalidOperationException">Planes are missing.</exception>
    public void Complete()
    {
        if (next != size.Z) throw new InvalidOperationException($"'{path}' has {next} of {size.Z} planes.");
        Guarded(() =>
        {
            for (int channel = 0; channel < streams.Length; channel++)
            {
                streams[channel]!.Dispose();
                streams[channel] = null;
            }
            VolumeFile.Replace([path], files =>
            {
                using (var packed = new GZipStream(files[0], CompressionLevel.Fastest, leaveOpen: true)) packed.Write(header);
                foreach (string part in partial)
                {
                    using (FileStream from = VolumeFile.Open(part)) from.CopyTo(files[0]);
                    File.Delete(part);
                }
            });
        });
    }

    /// <summary>Deletes the temporary files.</summary>
    public void Dispose()
    {
        for (int channel = 0; channel < streams.Length; channel++)
        {
            VolumeFile.Close(streams[channel]);
            VolumeFile.Remove(partial[channel]);
        }
    }

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error)
        {
            Dispose();
            Exception cause = error is AggregateException { InnerException: { } inner } ? inner : error;
            if (DiskFullException.IsSaidBy(cause)) throw cause is DiskFullException ? cause : new DiskFullException(path, cause);
            if (cause is IOException or UnauthorizedAccessException) throw new VolumeException($"'{path}' cannot be written: {cause.Message.TrimEnd('.')}.", cause);
            throw;
        }
    }
}
