using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace HiEndMae.Imaging;

/// <summary>Decompresses gzip and checks the checksum and length of every member.</summary>
/// <remarks><see cref="GZipStream"/> accepts a file that ends early, such as a scan whose copying was interrupted.
/// This class parses members itself (RFC 1952) and compares checksum and length at the end of each. Zeros after the last member are padding.</remarks>
internal sealed class GzipReadStream(FileStream file) : Stream
{
    private const int Extra = 4, Name = 8, Comment = 16, HeaderChecksum = 2, Deflate = 8;
    private const int ReadAhead = 1 << 16; // a deflate stream reads 8 KiB at a time
    private readonly Crc32 checksum = new();
    private DeflateStream? member;
    private uint length;
    private bool isFirst = true;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (member is null && !OpenMember()) return 0;
            int read = member!.Read(buffer);
            if (read > 0)
            {
                checksum.Append(buffer[..read]);
                unchecked
                {
                    length += (uint)read;
                }
                return read;
            }
            CloseMember();
        }
        return 0;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            member?.Dispose();
            file.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool OpenMember()
    {
        int first = file.ReadByte();
        if (!isFirst)
        {
            while (first == 0) first = file.ReadByte();
            if (first < 0) return false;
        }
        Span<byte> header = stackalloc byte[9];
        if (first != 0x1F) throw new InvalidDataException(first < 0 ? "it is empty" : "it is not gzip data");
        ReadExactly(header);
        if (header[0] != 0x8B || header[1] != Deflate) throw new InvalidDataException("it is not gzip data");
        int flags = header[2];
        if ((flags & Extra) != 0)
        {
            ReadExactly(header[..2]);
            for (int left = BinaryPrimitives.ReadUInt16LittleEndian(header); left > 0; left--) NextByte();
        }
        for (int texts = ((flags & Name) != 0 ? 1 : 0) + ((flags & Comment) != 0 ? 1 : 0); texts > 0; texts--)
        {
            while (NextByte() != 0)
            {
            }
        }
        if ((flags & HeaderChecksum) != 0) ReadExactly(header[..2]);
        checksum.Reset();
        length = 0;
        isFirst = false;
        member = new DeflateStream(file, CompressionMode.Decompress, leaveOpen: true);
        return true;
    }

    private void CloseMember()
    {
        member!.Dispose();
        member = null;
        // The deflate stream has read ahead by an unknown number of bytes. The trailer that must follow the data is known, so it is searched for.
        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, checksum.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], length);
        long from = Math.Max(0, file.Position - ReadAhead);
        var window = new byte[(int)(file.Position - from) + trailer.Length];
        file.Position = from;
        int found = window.AsSpan(0, file.ReadAtLeast(window, window.Length, throwOnEndOfStream: false)).IndexOf(trailer);
        if (found < 0) throw new InvalidDataException("it is truncated or damaged, because its gzip checksum does not match");
        file.Position = from + found + trailer.Length;
    }

    private byte NextByte() => file.ReadByte() is >= 0 and int value ? (byte)value : throw new EndOfStreamException();

    private new void ReadExactly(Span<byte> buffer)
    {
        if (file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length) throw new EndOfStreamException();
    }
}
