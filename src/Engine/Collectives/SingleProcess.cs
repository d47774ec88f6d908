using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>One process alone: every call returns at once.</summary>
public sealed class SingleProcess : IProcessGroup
{
    /// <summary>It has no state, so one is enough.</summary>
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
