using System.Runtime.InteropServices;
using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>Sums on GPUs with NCCL, and uses another group for everything else. It has not been run on several GPUs.</summary>
/// <remarks>
/// Gap: TorchSharp has no <c>torch.distributed</c> (not reported upstream). Shown by: ProcessGroupTests. Remove it once TorchSharp has it.
/// The default stream orders a sum behind the backward pass that made the values and before the update that reads them. The constants are those of nccl.h 2.
/// </remarks>
internal sealed unsafe class NcclGroup : IProcessGroup
{
    private const int IdLength = 128, TypeFloat32 = 7, OperationSum = 0, Success = 0, InProgress = 7;
    private static readonly string[] Names = ["libnccl.so.2", "libtorch_cuda.so"];
    private readonly IProcessGroup host;
    private readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> allReduce;
    private readonly delegate* unmanaged<void*, void*, nuint, int, nint, nint, int> allGather;
    private readonly delegate* unmanaged<nint, int*, int> asyncError;
    private readonly delegate* unmanaged<nint, int> destroy, abort;
    private readonly delegate* unmanaged<int, nint> errorText;
    private nint communicator; // 0 after it was destroyed or aborted

    private NcclGroup(IProcessGroup host, nint library)
    {
        this.host = host;
        allReduce = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclAllReduce");
        allGather = (delegate* unmanaged<void*, void*, nuint, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclAllGather");
        asyncError = (delegate* unmanaged<nint, int*, int>)NativeLibrary.GetExport(library, "ncclCommGetAsyncError");
        destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "ncclCommDestroy");
        abort = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "ncclCommAbort");
        errorText = (delegate* unmanaged<int, nint>)NativeLibrary.GetExport(library, "ncclGetErrorString");
        // Rank 0 creates the id with which all ranks join.
        UniqueId id = default;
        if (host.Rank == 0) Check(((delegate* unmanaged<UniqueId*, int>)NativeLibrary.GetExport(library, "ncclGetUniqueId"))(&id), "ncclGetUniqueId");
        host.Broadcast(new ReadOnlySpan<byte>(&id, IdLength)).CopyTo(new Span<byte>(&id, IdLength));
        nint made;
        Check(((delegate* unmanaged<nint*, int, UniqueId, int, int>)NativeLibrary.GetExport(library, "ncclCommInitRank"))(&made, host.Size, id, host.Rank), "ncclCommInitRank");
        communicator = made;
    }

    /// <inheritdoc/>
    public int Rank => host.Rank;

    /// <inheritdoc/>
    public int Size => host.Size;

    /// <inheritdoc/>
    public string Description => $"NCCL, and {host.Description}";

    /// <summary>Returns a group that sums with NCCL on GPUs, or the given group if NCCL is not installed. The given group copies tensors to the host.</summary>
    /// <param name="host">The group, which has joined already. The caller still disposes it, after the result.</param>
    public static IProcessGroup Over(IProcessGroup host)
    {
        foreach (string name in Names)
        {
            // A library that libtorch has loaded is found by its name.
            if ((NativeLibrary.TryLoad(name, out nint library) || NativeLibrary.TryLoad(name, typeof(torch).Assembly, null, out library)) && NativeLibrary.TryGetExport(library, "ncclAllReduce", out _))
                return new NcclGroup(host, library);
        }
        return host;
    }

    /// <inheritdoc/>
    public void Sum(Tensor values, bool fixedOrder)
    {
        if (values.device_type != DeviceType.CUDA)
        {
            host.Sum(values, fixedOrder);
            return;
        }
        if (values.dtype != ScalarType.Float32 || !values.is_contiguous()) throw new ArgumentException("Only contiguous float32 tensors can be summed.", nameof(values));
        CheckEarlierCalls();
        // The sum of two numbers does not depend on their order.
        if (!fixedOrder || Size == 2)
        {
            void* data = (void*)NativeTensors.Address(values.Handle);
            Check(allReduce(data, data, (nuint)values.numel(), TypeFloat32, OperationSum, communicator, 0), "ncclAllReduce");
            return;
        }
        using IDisposable noGrad = no_grad();
        using DisposeScope whole = NewDisposeScope();
        Tensor flat = values.view(-1);
        for (long at = 0; at < values.numel(); at += HostGroup.PieceLength)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor piece = flat.narrow(0, at, Math.Min(HostGroup.PieceLength, values.numel() - at));
            Tensor all = empty([Size, piece.numel()], ScalarType.Float32, values.device);
            Check(allGather((void*)NativeTensors.Address(piece.Handle), (void*)NativeTensors.Address(all.Handle), (nuint)piece.numel(), TypeFloat32, communicator, 0), "ncclAllGather");
            piece.copy_(Tree(all, 0, Size));
        }
    }

    /// <inheritdoc/>
    public void Gather(ReadOnlySpan<double> mine, Span<double> all) => host.Gather(mine, all);

    /// <inheritdoc/>
    public byte[] Broadcast(ReadOnlySpan<byte> data) => host.Broadcast(data);

    /// <inheritdoc/>
    public void Barrier() => host.Barrier();

    /// <summary>Ends the kernels of a sum that waits for a dead rank. Without this, a process may be unable to free its GPU.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref communicator, 0) is not 0 and nint last) _ = abort(last);
    }

    /// <summary>Waits for the sums that are under way, and leaves the group on the GPUs. Every rank must do it; the group on the host is still joined.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref communicator, 0) is not 0 and nint last) _ = destroy(last);
    }

    // A sum runs after its call has returned, so its failure, such as a broken connection, is seen at a later call.
    private void CheckEarlierCalls()
    {
        int state;
        if (communicator == 0) throw new ProcessGroupException($"NCCL has ended on rank {host.Rank}, because another rank has died. The last checkpoint is valid; start all ranks again with --resume.");
        Check(asyncError(communicator, &state), "ncclCommGetAsyncError");
        if (state is Success or InProgress) return;
        Abort();
        Check(state, "An earlier sum");
    }

    // Adds in the order of SumTree.
    private static Tensor Tree(Tensor parts, int first, int count) =>
        count == 1 ? parts[first] : Tree(parts, first, count / 2) + Tree(parts, first + (count / 2), count - (count / 2));

    private void Check(int code, string call)
    {
        if (code != Success)
            throw new ProcessGroupException($"{call} failed on rank {host.Rank}: {Marshal.PtrToStringUTF8(errorText(code))}. Two ranks cannot share one GPU; set NCCL_DEBUG=INFO for details. The last checkpoint is valid.");
    }

    private struct UniqueId
    {
        public fixed byte Bytes[IdLength];
    }
}
