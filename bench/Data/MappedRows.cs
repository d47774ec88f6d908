using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;

namespace HiEndMae.Bench.Data;

/// <summary>A mapped .npy of halves or floats.</summary>
internal sealed unsafe class MappedRows : ICropReader
{
    private readonly string path;
    private readonly int valueBytes;
    private readonly Size3 size;
    private readonly int offset;
    private MemoryMappedFile? file;
    private MemoryMappedViewAccessor? view;
    private byte* data;

    public MappedRows(string path, ReadOnlySpan<byte> values, int valueBytes, Size3 size)
    {
        this.path = path;
        this.valueBytes = valueBytes;
        this.size = size;
        var header = new NpyHeader(valueBytes == 2 ? "<f2" : "<f4", [1, size.X, size.Y, size.Z]);
        header.Write(path, values);
        offset = header.ToBytes().Length;
        Map();
    }

    public long Bytes => new FileInfo(path).Length;

    public void Read(Size3 start, Size3 crop, Span<float> target)
    {
        for (int x = 0, at = 0; x < crop.X; x++)
        {
            for (int y = 0; y < crop.Y; y++, at += crop.Z)
            {
                byte* row = data + (((long)(start.X + x) * size.Y + start.Y + y) * size.Z + start.Z) * valueBytes;
                if (valueBytes == 4) new ReadOnlySpan<float>(row, crop.Z).CopyTo(target[at..]);
                else Halves.Widen(new ReadOnlySpan<ushort>(row, crop.Z), target[at..]);
            }
        }
    }

    public void Forget()
    {
        Unmap();
        PageCache.Drop(path);
        Map();
    }

    public void Dispose() => Unmap();

    private void Map()
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        data = start + offset;
    }

    private void Unmap()
    {
        view?.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        file?.Dispose();
    }
}
