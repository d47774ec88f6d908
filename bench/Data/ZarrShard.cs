using System.Runtime.InteropServices;
using HiEndMae.Imaging;
using ZstdSharp;

namespace HiEndMae.Bench.Data;

/// <summary>One file in Zarr v3's sharding codec: cubes of halves, each compressed with zstd, and an index of offsets and lengths at the end.</summary>
internal sealed class ZarrShard : ICropReader
{
    private readonly string path;
    private readonly Size3 size;
    private readonly int edge;
    private readonly Size3 cubes;
    private readonly (long Offset, int Length)[] index;
    private readonly ushort[] cube;
    private readonly byte[] packed;
    private readonly Decompressor decompressor = new();

    public ZarrShard(string folder, ushort[] image, Size3 size, int edge)
    {
        this.size = size;
        this.edge = edge;
        cubes = new Size3((size.X + edge - 1) / edge, (size.Y + edge - 1) / edge, (size.Z + edge - 1) / edge);
        index = new (long, int)[cubes.Count];
        cube = new ushort[edge * edge * edge];
        packed = new byte[2 * cube.Length * sizeof(ushort) + 1024];
        path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "c", "0")).FullName, "0");
        using var compressor = new Compressor(3);
        using FileStream file = File.Create(path);
        for (int number = 0; number < index.Length; number++)
        {
            (int cx, int cy, int cz) = PlaceOf(number);
            Array.Clear(cube);
            for (int x = 0; x < Math.Min(edge, size.X - cx * edge); x++)
            {
                for (int y = 0; y < Math.Min(edge, size.Y - cy * edge); y++)
                {
                    int length = Math.Min(edge, size.Z - cz * edge);
                    image.AsSpan(((cx * edge + x) * size.Y + cy * edge + y) * size.Z + cz * edge, length).CopyTo(cube.AsSpan((x * edge + y) * edge));
                }
            }
            Span<byte> written = compressor.Wrap(MemoryMarshal.AsBytes(cube.AsSpan()));
            index[number] = (file.Position, written.Length);
            file.Write(written);
        }
        foreach ((long offset, int length) in index)
        {
            file.Write(BitConverter.GetBytes(offset));
            file.Write(BitConverter.GetBytes((long)length));
        }
    }

    public long Bytes => new FileInfo(path).Length;

    public void Read(Size3 start, Size3 crop, Span<float> target)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        for (int number = 0; number < index.Length; number++)
        {
            (int cx, int cy, int cz) = PlaceOf(number);
            (int x0, int x1) = Part(cx, start.X, crop.X);
            (int y0, int y1) = Part(cy, start.Y, crop.Y);
            (int z0, int z1) = Part(cz, start.Z, crop.Z);
            if (x0 >= x1 || y0 >= y1 || z0 >= z1) continue;
            RandomAccess.Read(file, packed.AsSpan(0, index[number].Length), index[number].Offset);
            decompressor.Unwrap(packed.AsSpan(0, index[number].Length), MemoryMarshal.AsBytes(cube.AsSpan()));
            for (int x = x0; x < x1; x++)
            {
                for (int y = y0; y < y1; y++)
                {
                    ReadOnlySpan<ushort> row = cube.AsSpan(((x - cx * edge) * edge + y - cy * edge) * edge + z0 - cz * edge, z1 - z0);
                    Halves.Widen(row, target[(((x - start.X) * crop.Y + y - start.Y) * crop.Z + z0 - start.Z)..]);
                }
            }
        }
    }

    public void Forget() => PageCache.Drop(path);

    public void Dispose() => decompressor.Dispose();

    private (int Low, int High) Part(int at, int start, int length) => (Math.Max(at * edge, start), Math.Min((at + 1) * edge, start + length));

    private (int X, int Y, int Z) PlaceOf(int number) => (number / (cubes.Y * cubes.Z), number / cubes.Z % cubes.Y, number % cubes.Z);
}
