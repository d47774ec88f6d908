using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>The group of a single process. Every call returns at once.</summary>
public sealed class SingleProcess : IProcessGroup
{
    /// <summary>The only instance, because there is no state.</summary>
    public static SingleProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public string Description => "one process";

    /// <inheritdoc/>
    public void Sum(Tensor values, bool fixedOrder)
    {
    }

    /// <inheritdoc/>
    public void Gather(ReadOnlySpan<double> mine, Span<double> all) => mine.CopyTo(all);

    /// <inheritdoc/>
    public byte[] Broadcast(ReadOnlySpan<byte> data) => data.ToArray();

    /// <inheritdoc/>
    public void Barrier()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
