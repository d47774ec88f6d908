using System.Security.Cryptography;

namespace HiEndMae.Engine.Weights;

/// <summary>Passes bytes on and hashes them, so that a file need not be read again for its checksum.</summary>
internal sealed class HashingStream(Stream target) : Stream
{
    private const int Piece = 1 << 20;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>SHA-256 of the written bytes in lower-case hexadecimal.</summary>
    public string Sum() => Convert.ToHexStringLower(hash.GetCurrentHash());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // Each piece is hashed while it is in the cache.
        for (int at = 0; at < buffer.Length; at += Piece)
        {
            ReadOnlySpan<byte> piece = buffer.Slice(at, Math.Min(Piece, buffer.Length - at));
            target.Write(piece);
            hash.AppendData(piece);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) hash.Dispose();
        base.Dispose(disposing);
    }
}
