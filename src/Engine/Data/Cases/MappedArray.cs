using System.IO.MemoryMappedFiles;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>A NumPy file mapped into memory. Reading a crop loads only the pages of that crop.</summary>
internal sealed class MappedArray : ICaseArray
{
    private readonly MemoryMappedViewAccessor view;

    private MappedArray(MemoryMappedViewAccessor view, nint address)
    {
        this.view = view;
        Address = address;
    }

    public nint Address { get; }

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">Type and shape that the file must have.</param>
    /// <exception cref="InvalidDataException">The file has another type or shape.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static unsafe MappedArray Open(string path, NpyHeader expected)
    {
        long length = new FileInfo(path).Length;
        byte[] header = expected.ToBytes();
        if (length != header.Length + expected.Bytes) throw new InvalidDataException($"'{path}' has {length} bytes; {header.Length + expected.Bytes} are expected.");
        // The view stays valid after the file object is disposed, so that thousands of cases do not hold thousands of file descriptors.
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        if (!new ReadOnlySpan<byte>(start, header.Length).SequenceEqual(header))
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            throw new InvalidDataException($"'{path}' is not an array of type {expected.Type} and shape {string.Join('x', expected.Shape)}.");
        }
        return new MappedArray(view, (nint)(start + header.Length));
    }

    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
    }
}
