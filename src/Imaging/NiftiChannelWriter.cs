using System.IO.Compression;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Writes a packed NIfTI-1 file of many channels a few planes at a time, so that no more than those is in memory.</summary>
/// <remarks>
/// The file has one channel behind another, but the planes of all channels come together. So every channel is packed into a file beside, and at the end these are put
/// behind one another: gzip allows several members in a file (RFC 1952, 2.2). Between here and there the disk holds one channel twice.
/// </remarks>
public sealed class NiftiChannelWriter : IDisposable
{
    private const short Float32 = 16;
    private readonly string path;
    private readonly Size3 size;
    private readonly byte[] header;
    private readonly string[] partial;
    private readonly GZipStream?[] streams;
    private readonly float[][] planes;
    private int next;

    /// <summary>Opens the files beside.</summary>
    /// <param name="path">Ends in .nii.gz; its folder exists. A file of that name is replaced once the new one is complete.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="grid">Where the voxels lie; at most 32767 along an axis.</param>
    /// <param name="forms">Forms of a file with that grid; null for the grid's affine in both forms.</param>
    /// <exception cref="VolumeException">The volume does not fit the format, or the disk refuses.</exception>
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
        planes = new float[channels][];
        Guarded(() =>
        {
            for (int channel = 0; channel < channels; channel++)
                streams[channel] = new GZipStream(new FileStream(partial[channel], FileMode.CreateNew, FileAccess.Write, FileShare.None), CompressionLevel.Fastest);
        });
    }

    /// <summary>Writes planes of constant z of every channel.</summary>
    /// <param name="z">The first plane: the one behind those already written.</param>
    /// <param name="slab">[K, X, Y, planes].</param>
    public void Write(int z, Volume<float> slab)
    {
        ArgumentNullException.ThrowIfNull(slab);
        if (z != next || slab.Channels != streams.Length || slab.Size.X != size.X || slab.Size.Y != size.Y || z + slab.Size.Z > size.Z)
            throw new ArgumentException($"Planes {z} to {z + slab.Size.Z - 1} of {slab.Channels} channels do not follow plane {next} of '{path}'.", nameof(slab));
        next += slab.Size.Z;
        Guarded(() => Parallel.For(0, streams.Length, channel =>
        {
            if (planes[channel] is null || planes[channel].Length < slab.Size.Count) planes[channel] = new float[slab.Size.Count];
            SlabTranspose.FromVolume(slab.Channel(channel), planes[channel], slab.Size, 0, slab.Size.Z);
            streams[channel]!.Write(MemoryMarshal.AsBytes(planes[channel].AsSpan(0, (int)slab.Size.Count)));
        }));
    }

    /// <summary>Puts the file under its name.</summary>
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

    /// <summary>Removes what an incomplete file has left.</summary>
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
