using System.IO.MemoryMappedFiles;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>A NumPy file in memory by mapping: reading a crop of it touches the pages of that crop alone.</summary>
internal sealed class MappedArray : IDisposable
{
    private readonly MemoryMappedViewAccessor view;

    private MappedArray(MemoryMappedViewAccessor view, nint address)
    {
        this.view = view;
        Address = address;
    }

    /// <summary>The first value.</summary>
    public nint Address { get; }

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it must hold.</param>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static unsafe MappedArray Open(string path, NpyHeader expected)
    {
        long length = new FileInfo(path).Length;
        byte[] header = expected.ToBytes();
        if (length != header.Length + expected.Count * expected.ValueBytes) throw new InvalidDataException($"'{path}' has {length} bytes, which its shape does not need.");
        // The view outlives the file object, and thousands of cases need no thousands of descriptors.
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        if (!new ReadOnlySpan<byte>(start, header.Length).SequenceEqual(header))
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            throw new InvalidDataException($"'{path}' is no array of {expected.Type} {string.Join('x', expected.Shape)}.");
        }
        return new MappedArray(view, (nint)(start + header.Length));
    }

    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
    }
}
