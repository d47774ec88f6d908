using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HiEndMae.Imaging;

/// <summary>The checksum of gzip members (reflected polynomial 0xEDB88320): 64 bytes at a time by carry-less products where the processor has them, otherwise eight by tables.</summary>
/// <remarks>The constants of folding are powers of x modulo the polynomial, as in Gopal et al., Fast CRC Computation for Generic Polynomials Using PCLMULQDQ (Intel, 2009).</remarks>
internal sealed class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Folded = 64;
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
        if (Pclmulqdq.IsSupported && bytes.Length >= 2 * Folded)
        {
            int length = bytes.Length & ~15;
            state = Fold(MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes[..length]), state);
            bytes = bytes[length..];
        }
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

    private static uint Fold(ReadOnlySpan<Vector128<ulong>> words, uint crc)
    {
        Vector128<ulong> by64 = Vector128.Create(0x1_5444_2BD4UL, 0x1_C6E4_1596UL), by16 = Vector128.Create(0x1_7519_97D0UL, 0x0_CCAA_009EUL);
        Vector128<ulong> a = words[0] ^ Vector128.CreateScalar((ulong)crc), b = words[1], c = words[2], d = words[3];
        int at = 4;
        for (; at + 4 <= words.Length; at += 4)
        {
            a = Step(a, by64) ^ words[at];
            b = Step(b, by64) ^ words[at + 1];
            c = Step(c, by64) ^ words[at + 2];
            d = Step(d, by64) ^ words[at + 3];
        }
        a = Step(a, by16) ^ b;
        a = Step(a, by16) ^ c;
        a = Step(a, by16) ^ d;
        for (; at < words.Length; at++) a = Step(a, by16) ^ words[at];
        // 128 bits to 96, to 64, and by Barrett's reduction to 32.
        Vector128<ulong> low32 = Vector128.Create(0xFFFF_FFFFUL, 0xFFFF_FFFFUL), to64 = Vector128.Create(0x1_63CD_6124UL, 0UL), barrett = Vector128.Create(0x1_DB71_0641UL, 0x1_F701_1641UL);
        a = Sse2.ShiftRightLogical128BitLane(a, 8) ^ Pclmulqdq.CarrylessMultiply(a, by16, 0x10);
        a = Sse2.ShiftRightLogical128BitLane(a, 4) ^ Pclmulqdq.CarrylessMultiply(a & low32, to64, 0x00);
        Vector128<ulong> quotient = Pclmulqdq.CarrylessMultiply(a & low32, barrett, 0x10) & low32;
        return (a ^ Pclmulqdq.CarrylessMultiply(quotient, barrett, 0x00)).AsUInt32().GetElement(1);
    }

    private static Vector128<ulong> Step(Vector128<ulong> value, Vector128<ulong> by) => Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);
}
