using HiEndMae.Imaging;

namespace HiEndMae.Bench.Data;

/// <summary>A container that crops are read from.</summary>
internal interface ICropReader : IDisposable
{
    long Bytes { get; }

    void Read(Size3 start, Size3 crop, Span<float> target);

    /// <summary>Removes the file from the page cache.</summary>
    void Forget();
}
