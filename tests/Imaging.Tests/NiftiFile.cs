using System.Buffers.Binary;

namespace HiEndMae.Imaging.Tests;

/// <summary>NIfTI bytes put together field by field from nifti1.h and nifti2.h, by other code than the writer's.</summary>
internal sealed record NiftiFile
{
    public bool IsSecond { get; init; }

    public bool BigEndian { get; init; }

    public bool Pair { get; init; }

    public short DataType { get; init; } = 16;

    public long[] Dimensions { get; init; } = [3, 2, 3, 4, 1, 1, 1, 1];

    public double[] Pixels { get; init; } = [1, 1, 1, 1, 0, 0, 0, 0];

    public double Slope { get; init; }

    public double Intercept { get; init; }

    public double? Offset { get; init; }

    public int QformCode { get; init; }

    public int SformCode { get; init; } = 1;

    public double[] Quaternion { get; init; } = [0, 0, 0, 0, 0, 0];

    public double[] Rows { get; init; } = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

    public int HeaderLength => (IsSecond ? 540 : 348) + (Pair ? 0 : 4);

    public byte[] Header()
    {
        var bytes = new byte[HeaderLength];
        double offset = Offset ?? (Pair ? 0 : HeaderLength);
        Put(0, 4, IsSecond ? 540 : 348);
        string magic = (Pair ? "ni" : "n+") + (IsSecond ? "2" : "1");
        for (int i = 0; i < 3; i++) bytes[(IsSecond ? 4 : 344) + i] = (byte)magic[i];
        for (int i = 0; i < 8; i++) Put(IsSecond ? 16 + 8 * i : 40 + 2 * i, IsSecond ? 8 : 2, Dimensions[i]);
        Put(IsSecond ? 12 : 70, 2, DataType);
        for (int i = 0; i < 8; i++) Real(IsSecond ? 104 + 8 * i : 76 + 4 * i, Pixels[i]);
        if (IsSecond) Put(168, 8, (long)offset);
        else Real(108, offset);
        Real(IsSecond ? 176 : 112, Slope);
        Real(IsSecond ? 184 : 116, Intercept);
        Put(IsSecond ? 344 : 252, IsSecond ? 4 : 2, QformCode);
        Put(IsSecond ? 348 : 254, IsSecond ? 4 : 2, SformCode);
        for (int i = 0; i < 6; i++) Real(IsSecond ? 352 + 8 * i : 256 + 4 * i, Quaternion[i]);
        for (int i = 0; i < 12; i++) Real(IsSecond ? 400 + 8 * i : 280 + 4 * i, Rows[i]);
        return bytes;

        void Put(int at, int width, long value)
        {
            for (int i = 0; i < width; i++) bytes[at + (BigEndian ? width - 1 - i : i)] = (byte)(value >> (8 * i));
        }

        void Real(int at, double value) => Put(at, IsSecond ? 8 : 4, IsSecond ? BitConverter.DoubleToInt64Bits(value) : BitConverter.SingleToInt32Bits((float)value));
    }

    /// <summary>Values in the file's datatype and byte order.</summary>
    public byte[] Voxels(params double[] values) => [.. values.SelectMany(Stored)];

    public string Save(string folder, string name, params double[] values)
    {
        string path = Path.Combine(folder, name);
        if (Pair) File.WriteAllBytes(Path.ChangeExtension(path, ".img"), Voxels(values));
        File.WriteAllBytes(path, Pair ? Header() : [.. Header(), .. Voxels(values)]);
        return path;
    }

    private byte[] Stored(double value)
    {
        var bytes = new byte[8];
        int width;
        switch (DataType)
        {
            case 16: BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value); width = 4; break;
            case 64: BinaryPrimitives.WriteDoubleLittleEndian(bytes, value); width = 8; break;
            case 1280: BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)value); width = 8; break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)value);
                width = DataType switch { 2 or 256 => 1, 4 or 512 => 2, 8 or 768 => 4, _ => 8 };
                break;
        }
        byte[] stored = bytes[..width];
        if (BigEndian) Array.Reverse(stored);
        return stored;
    }
}
