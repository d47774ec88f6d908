using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace HiEndMae.TorchRepairs;

/// <summary>Reads the names of the symbols that a 64-bit Linux library defines and needs, without loading it.</summary>
internal static unsafe class ElfSymbols
{
    private const uint DynamicSymbols = 11;
    private const int HeaderSize = 64, SymbolSize = 24, Weak = 2, MaxNameLength = 4096;

    /// <summary>Calls <paramref name="found"/> for every dynamic symbol.</summary>
    /// <param name="file">The library.</param>
    /// <param name="found">Receives the name, as ASCII, and whether the library defines it (true) or needs it (false). Weak needs are left out, because a program runs without them.</param>
    /// <exception cref="InvalidDataException">The file is no complete 64-bit little-endian ELF library.</exception>
    public static void Read(string file, SymbolFound found)
    {
        long length = new FileInfo(file).Length;
        if (length < HeaderSize) throw new InvalidDataException($"'{file}' is no complete 64-bit Linux library.");
        using var map = MemoryMappedFile.CreateFromFile(File.OpenRead(file), null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            Read(new Bytes(start, length, file), found);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static void Read(Bytes bytes, SymbolFound found)
    {
        if (!bytes.At(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8)) throw bytes.Wrong();
        long sections = (long)bytes.UInt64(0x28);
        int sectionSize = bytes.UInt16(0x3a), count = bytes.UInt16(0x3c);
        for (int i = 0; i < count; i++)
        {
            long header = sections + ((long)i * sectionSize);
            if (bytes.UInt32(header + 4) != DynamicSymbols) continue;
            (long symbols, long size) = ((long)bytes.UInt64(header + 0x18), (long)bytes.UInt64(header + 0x20));
            long names = (long)bytes.UInt64(sections + (bytes.UInt32(header + 0x28) * (long)sectionSize) + 0x18);
            for (long symbol = symbols; symbol < symbols + size; symbol += SymbolSize)
            {
                bool defined = bytes.UInt16(symbol + 6) != 0;
                if (!defined && bytes.At(symbol + 4, 1)[0] >> 4 == Weak) continue;
                found(bytes.Text(names + bytes.UInt32(symbol)), defined);
            }
        }
    }

    /// <summary>A symbol of a library.</summary>
    public delegate void SymbolFound(ReadOnlySpan<byte> name, bool defined);

    // Every access is checked: the file may be cut off or no library at all.
    private readonly struct Bytes(byte* start, long length, string file)
    {
        public ReadOnlySpan<byte> At(long offset, int count) => offset >= 0 && offset <= length - count ? new ReadOnlySpan<byte>(start + offset, count) : throw Wrong();

        public ushort UInt16(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(At(offset, sizeof(ushort)));

        public uint UInt32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(At(offset, sizeof(uint)));

        public ulong UInt64(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(At(offset, sizeof(ulong)));

        public ReadOnlySpan<byte> Text(long offset)
        {
            ReadOnlySpan<byte> rest = At(offset, (int)Math.Clamp(length - offset, 0, MaxNameLength));
            int end = rest.IndexOf((byte)0);
            return end < 0 ? throw Wrong() : rest[..end];
        }

        public InvalidDataException Wrong() => new($"'{file}' is no complete 64-bit Linux library.");
    }
}
