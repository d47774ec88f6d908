using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>The processes that train one model together. Every rank must make the same calls in the same order. A call returns when all ranks have made it.</summary>
public interface IProcessGroup : IDisposable
{
    /// <summary>Rank of this process, from 0 to <see cref="Size"/> - 1. Rank 0 writes files.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Size { get; }

    /// <summary>Name of the transport for messages, such as "MPI (Open MPI 4.1.4)".</summary>
    string Description { get; }

    /// <summary>Sums the tensors of all ranks in place on every rank.</summary>
    /// <param name="values">float32, contiguous, of the same length on every rank.</param>
    /// <param name="fixedOrder">Whether the values are added in the order of <see cref="SumTree"/>, so that the bits do not depend on the transport or on the length.</param>
    /// <exception cref="ProcessGroupException">A rank has died, or the transport failed.</exception>
    void Sum(Tensor values, bool fixedOrder);

    /// <summary>Gives every rank the values of all.</summary>
    /// <param name="mine">Values of this rank; every rank has the same number of values.</param>
    /// <param name="all">Receives them by rank; its length is <see cref="Size"/> times that of <paramref name="mine"/>.</param>
    /// <exception cref="ProcessGroupException">A rank has died, or the transport failed.</exception>
    void Gather(ReadOnlySpan<double> mine, Span<double> all);

    /// <summary>Gives every rank the bytes of rank 0.</summary>
    /// <param name="data">The bytes on rank 0. Other ranks may pass anything.</param>
    /// <returns>The bytes of rank 0.</returns>
    /// <exception cref="ProcessGroupException">A rank has died, or the transport failed.</exception>
    byte[] Broadcast(ReadOnlySpan<byte> data);

    /// <summary>Waits until every rank has made this call.</summary>
    /// <exception cref="ProcessGroupException">A rank has died, or the transport failed.</exception>
    void Barrier();

    /// <summary>Ends calls that wait on a device, because a rank has died. Any thread may call it. The group can only be disposed afterwards.</summary>
    void Abort()
    {
    }
}
