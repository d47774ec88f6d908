using System.Text;
using HiEndMae.Engine.Data.Cases;

namespace HiEndMae.Engine.Tests.Data;

public sealed class NpyTests
{
    [Fact]
    public void The_header_follows_numpy_s_format_1_0()
    {
        byte[] bytes = new NpyHeader("<f2", [1, 20, 30, 40]).ToBytes();
        Assert.Equal<byte>([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0], bytes[..8]);
        Assert.Equal(bytes.Length - 10, bytes[8] | (bytes[9] << 8));
        Assert.Equal(0, bytes.Length % 64);
        Assert.Equal((byte)'\n', bytes[^1]);
        Assert.Equal("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 20, 30, 40), }", Encoding.ASCII.GetString(bytes[10..]).TrimEnd());
    }

    [Theory]
    [InlineData("(7,)", 7)]
    [InlineData("(2, 3)", 2, 3)]
    public void Shapes_are_written_as_tuples(string text, params int[] shape)
    {
        byte[] bytes = new NpyHeader("|u1", shape).ToBytes();
        Assert.Contains($"'shape': {text}, }}", Encoding.ASCII.GetString(bytes));
        NpyHeader read = NpyHeader.Read(bytes, out int offset)!;
        Assert.Equal((bytes.Length, "|u1"), (offset, read.Type));
        Assert.Equal(shape, read.Shape);
    }

    [Fact]
    public void Files_written_by_numpy_are_read()
    {
        // What numpy.save writes of numpy.arange(6, dtype="<i4").reshape(2, 3), by the format's description: header of 118 bytes after the prefix.
        string text = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }";
        byte[] bytes = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0x76, 0, .. Encoding.ASCII.GetBytes(text.PadRight(117) + "\n")];
        NpyHeader read = NpyHeader.Read(bytes, out int offset)!;
        Assert.Equal((128, "<i4", 6L), (offset, read.Type, read.Count));
        Assert.Null(NpyHeader.Read("no array at all"u8, out _));
        Assert.Null(NpyHeader.Read(bytes.AsSpan(0, 60), out _));
    }
}
