using System.Net;

namespace HiEndMae.Mlflow;

/// <summary>The body of a request that streams a file.</summary>
/// <param name="path">The file.</param>
/// <param name="progressed">Called after each megabyte that was handed to the connection; null for no calls.</param>
internal sealed class FileContent(string path, Action? progressed) : HttpContent
{
    private const int ChunkSize = 1 << 20;

    /// <inheritdoc/>
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using FileStream file = Open();
        var buffer = new byte[ChunkSize];
        while (file.Read(buffer) is > 0 and var read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(buffer, 0, read);
            progressed?.Invoke();
        }
    }

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using FileStream file = Open();
        await file.CopyToAsync(stream, ChunkSize);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = new FileInfo(path).Length;
        return true;
    }

    private FileStream Open() => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
}
