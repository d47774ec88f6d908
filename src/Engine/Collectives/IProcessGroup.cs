using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>The processes that train one model together. Every rank makes the same calls in the same order; a call returns when all of them have made it.</summary>
public interface IProcessGroup : IDisposable
{
    /// <summary>This process, 0 to <see cref="Size"/> - 1. Rank 0 writes files.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Size { get; }

    /// <summary>What carries the values, for people, such as "MPI (Open MPI 4.1.4)".</summary>
    string Description { get; }

    /// <summary>Adds the tensors of all ranks; every rank gets the sum in place.</summary>
    /// <param name="values">float32, contiguous, of the same length on every rank.</param>
    /// <param name="fixedOrder">Whether the ranks' values are added by the tree of <see cref="SumTree"/>, so that the bits do not depend on the transport or on the length.</param>
    /// <exception cref="ProcessGroupException">A rank is gone, or the transport failed.</exception>
    void Sum(Tensor values, bool fixedOrder);

    /// <summary>Gives every rank the values of all.</summary>
    /// <param name="mine">Values of this rank, as many on every rank.</param>
    /// <param name="all">Receives them by rank; its length is <see cref="Size"/> times that of <paramref name="mine"/>.</param>
    /// <exception cref="ProcessGroupException">A rank is gone, or the transport failed.</exception>
    void Gather(ReadOnlySpan<double> mine, Span<double> all);

    /// <summary>Gives every rank the bytes of rank 0.</summary>
    /// <param name="data">Of rank 0; what the others pass is ignored.</param>
    /// <returns>The bytes of rank 0.</returns>
    /// <exception cref="ProcessGroupException">A rank is gone, or the transport failed.</exception>
    byte[] Broadcast(ReadOnlySpan<byte> data);

    /// <summary>Waits until every rank is here.</summary>
    /// <exception cref="ProcessGroupException">A rank is gone, or the transport failed.</exception>
    void Barrier();
}
