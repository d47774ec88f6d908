namespace HiEndMae.Engine.Collectives;

/// <summary>A process group over MPI, started by mpirun or srun.</summary>
internal sealed unsafe class MpiGroup : HostGroup
{
    private readonly MpiLibrary mpi;
    private bool isFinished;

    private MpiGroup(MpiLibrary mpi, int rank, int size) : base(rank, size)
    {
        this.mpi = mpi;
        Description = $"MPI ({mpi.Version()})";
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <summary>Joins the group.</summary>
    public static MpiGroup Join(MpiLibrary mpi)
    {
        mpi.Start();
        (int rank, int size) = mpi.Place();
        return new MpiGroup(mpi, rank, size);
    }

    /// <inheritdoc/>
    public override void Gather(ReadOnlySpan<double> mine, Span<double> all)
    {
        if (all.Length != mine.Length * Size) throw new ArgumentException("The array must have room for the values of every rank.", nameof(all));
        fixed (double* from = mine, to = all) mpi.Allgather(from, to, mine.Length, mpi.Double);
    }

    /// <inheritdoc/>
    public override byte[] Broadcast(ReadOnlySpan<byte> data)
    {
        int length = data.Length;
        mpi.Bcast(&length, sizeof(int));
        var result = new byte[length];
        if (Rank == 0) data.CopyTo(result);
        fixed (byte* bytes = result) mpi.Bcast(bytes, length);
        return result;
    }

    /// <inheritdoc/>
    public override void Barrier() => mpi.Barrier();

    /// <summary>Leaves the group. If a process ends without this call, mpirun ends the other processes.</summary>
    public override void Dispose()
    {
        if (!isFinished) mpi.Finish();
        isFinished = true;
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void SumPiece(float* piece, int length) => mpi.Allreduce(piece, length);

    // Each rank sums one part of the piece in the order of the tree and sends it to the others. The order of MPI's own sum depends on size and algorithm.
    protected override void SumPieceInOrder(float* piece, int length, float* scratch)
    {
        int part = length / Size, whole = part * Size;
        if (part > 0)
        {
            mpi.Alltoall(piece, scratch, part);
            SumTree.Of(scratch, Size, part);
            mpi.Allgather(scratch, piece, part, mpi.Float);
        }
        if (whole == length) return;
        mpi.Allgather(piece + whole, scratch, length - whole, mpi.Float);
        SumTree.Of(scratch, Size, length - whole);
        new ReadOnlySpan<float>(scratch, length - whole).CopyTo(new Span<float>(piece + whole, length - whole));
    }
}
