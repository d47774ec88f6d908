using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace HiEndMae.TorchRepairs;

/// <summary>Gives a loaded 64-bit Linux library a second name, under which the loader finds it instead of searching for a file.</summary>
internal static class ElfAlias
{
    private const uint Dynamic = 6;
    private const long Needed = 1, OwnName = 14;
    private const int EntrySize = 16;

    /// <summary>Loads a small library that needs the other one, under a name of its own: the other one's without "lib".</summary>
    /// <param name="stub">A library without code that needs <paramref name="library"/>, such as libtorch.so.</param>
    /// <param name="library">Name of the loaded library, such as libtorch_cpu.so.</param>
    /// <returns>Whether the stub needs the library; otherwise nothing is done.</returns>
    public static bool Load(string stub, string library)
    {
        byte[] elf = File.ReadAllBytes(stub);
        (long entries, long size, long names) = DynamicSection(elf);
        long own = -1, needed = -1;
        for (long entry = entries; entry < entries + size; entry += EntrySize)
        {
            long tag = Int64(elf, entry), value = Int64(elf, entry + sizeof(long));
            if (tag == OwnName) own = entry + sizeof(long);
            if (tag == Needed && NameAt(elf, names + value) == library) needed = value;
        }
        if (own < 0 || needed < 0) return false;
        // The end of a name is a name too.
        BinaryPrimitives.WriteInt64LittleEndian(elf.AsSpan((int)own), needed + "lib".Length);
        string copy = Path.Combine(Path.GetTempPath(), $"hiendmae-{Guid.NewGuid():N}.so");
        File.WriteAllBytes(copy, elf);
        try
        {
            _ = NativeLibrary.Load(copy);
        }
        finally
        {
            // A loaded library needs its file no more.
            File.Delete(copy);
        }
        return true;
    }

    private static (long Start, long Size, long Names) DynamicSection(byte[] elf)
    {
        long sections = Int64(elf, 0x28);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x3a)), count = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x3c));
        for (int i = 0; i < count; i++)
        {
            int header = (int)(sections + ((long)i * size));
            if (BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(header + 4)) != Dynamic) continue;
            uint link = BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(header + 0x28));
            return (Int64(elf, header + 0x18), Int64(elf, header + 0x20), Int64(elf, sections + (link * (long)size) + 0x18));
        }
        return default;
    }

    private static long Int64(byte[] elf, long at) => BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan((int)at));

    private static string NameAt(byte[] elf, long at) => Encoding.ASCII.GetString(elf.AsSpan((int)at, Array.IndexOf(elf, (byte)0, (int)at) - (int)at));
}
