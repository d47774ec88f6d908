using System.Buffers.Binary;

namespace HiEndMae.Imaging;

/// <summary>The checksum of gzip members (reflected polynomial 0xEDB88320), eight bytes at a time.</summary>
internal sealed class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private readonly uint[] table = new uint[8 * 256]; // row k: a byte that k further bytes follow
    private uint state = uint.MaxValue;

    public Crc32()
    {
        for (uint value = 0; value < 256; value++)
        {
            uint remainder = value;
            for (int bit = 0; bit < 8; bit++) remainder = (remainder & 1) == 0 ? remainder >> 1 : (remainder >> 1) ^ Polynomial;
            table[value] = remainder;
        }
        for (int at = 256; at < table.Length; at++) table[at] = (table[at - 256] >> 8) ^ table[table[at - 256] & 0xFF];
    }

    /// <summary>Checksum of all bytes since the start or the last reset.</summary>
    public uint Value => ~state;

    public void Reset() => state = uint.MaxValue;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint crc = state;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = table[1792 + (byte)word] ^ table[1536 + (byte)(word >> 8)] ^ table[1280 + (byte)(word >> 16)] ^ table[1024 + (byte)(word >> 24)]
                ^ table[768 + (byte)(word >> 32)] ^ table[512 + (byte)(word >> 40)] ^ table[256 + (byte)(word >> 48)] ^ table[(byte)(word >> 56)];
        }
        foreach (byte value in bytes) crc = (crc >> 8) ^ table[(byte)(crc ^ value)];
        state = crc;
    }
}
