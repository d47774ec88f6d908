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
    private const int IdLength = 128, TypeFloat32 = 7, OperationSum = 0;
    private static readonly string[] Names = ["libnccl.so.2", "libtorch_cuda.so"];
    private readonly IProcessGroup host;
    private readonly nint communicator;
    private readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> allReduce;
    private readonly delegate* unmanaged<void*, void*, nuint, int, nint, nint, int> allGather;
    private readonly delegate* unmanaged<int, nint> errorText;

    private NcclGroup(IProcessGroup host, nint library)
    {
        this.host = host;
        allReduce = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclAllReduce");
        allGather = (delegate* unmanaged<void*, void*, nuint, int, nint, nint, int>)NativeLibrary.GetExport(library, "ncclAllGather");
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
    /// <param name="host">The group, which has joined already. It is disposed with the result.</param>
    public static IProcessGroup Over(IProcessGroup host)
    {
        foreach (string name in Names)
        {
            if (NativeLibrary.TryLoad(name, typeof(torch).Assembly, null, out nint library) && NativeLibrary.TryGetExport(library, "ncclAllReduce", out _)) return new NcclGroup(host, library);
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
        if (!fixedOrder || Size <= 2)
        {
            void* data = (void*)NativeTensors.Address(values.Handle);
            Check(allReduce(data, data, (nuint)values.numel(), TypeFloat32, OperationSum, communicator, 0), "ncclAllReduce");
            return;
        }
        using IDisposable noGrad = no_grad();
        for (long at = 0; at < values.numel(); at += HostGroup.PieceLength)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor piece = values.narrow(0, at, Math.Min(HostGroup.PieceLength, values.numel() - at));
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

    /// <summary>Leaves the group on the host. The communicator lives until the process ends.</summary>
    public void Dispose() => host.Dispose();

    // Adds in the order of SumTree.
    private static Tensor Tree(Tensor parts, int first, int count) =>
        count == 1 ? parts[first] : Tree(parts, first, count / 2) + Tree(parts, first + (count / 2), count - (count / 2));

    private void Check(int code, string call)
    {
        if (code != 0)
            throw new ProcessGroupException($"{call} failed on rank {host.Rank}: {Marshal.PtrToStringUTF8(errorText(code))}. Two ranks cannot share one GPU; set NCCL_DEBUG=INFO for details. The last checkpoint is valid.");
    }

    private struct UniqueId
    {
        public fixed byte Bytes[IdLength];
    }
}
