using System.Runtime.InteropServices;

namespace HiEndMae.Engine.Collectives;

/// <summary>The functions and handles of an MPI library.</summary>
/// <remarks>
/// There are two binary interfaces. In Open MPI a handle is the address of an object of the library. In MPICH and its relatives (Intel MPI, Cray MPICH, MVAPICH) it is a number, from
/// MPICH 4.0's mpi.h. The symbol <c>ompi_mpi_comm_world</c> distinguishes them. Open MPI has been tested. The MPICH part follows its header and has not been run.
/// </remarks>
internal sealed unsafe class MpiLibrary
{
    /// <summary>The environment variable with the path of the library, if it does not have a usual name.</summary>
    public const string LibraryVariable = "HIENDMAE_MPI";

    private const int Serialized = 2, MaxVersionText = 8192;
    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.so"], MpichNames = ["libmpich.so.12", "libmpi.so.12", "libmpi.so"];
    private readonly nint library;
    private readonly delegate* unmanaged<void*, void*, int, nint, nint, nint, int> allreduce;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> alltoall, allgather;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> bcast;
    private readonly delegate* unmanaged<nint, int> barrier;

    private MpiLibrary(nint library)
    {
        this.library = library;
        IsOpenMpi = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out nint world);
        World = IsOpenMpi ? world : 0x44000000;
        Float = Handle("ompi_mpi_float", 0x4c00040a);
        Double = Handle("ompi_mpi_double", 0x4c00080b);
        Byte = Handle("ompi_mpi_byte", 0x4c00010d);
        Add = Handle("ompi_mpi_op_sum", 0x58000003);
        InPlace = IsOpenMpi ? 1 : -1;
        allreduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, int>)Function("MPI_Allreduce");
        alltoall = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Alltoall");
        allgather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Allgather");
        bcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Function("MPI_Bcast");
        barrier = (delegate* unmanaged<nint, int>)Function("MPI_Barrier");
    }

    public bool IsOpenMpi { get; }

    public nint World { get; }

    public nint Float { get; }

    public nint Double { get; }

    public nint Byte { get; }

    public nint Add { get; }

    private nint InPlace { get; }

    /// <summary>Loads a library. Returns null if there is none.</summary>
    /// <param name="preferMpich">Whether the launcher is one of MPICH's relatives.</param>
    /// <param name="getVariable">Reads the environment.</param>
    public static MpiLibrary? Load(bool preferMpich, Func<string, string?> getVariable)
    {
        IEnumerable<string> names = preferMpich ? MpichNames.Concat(OpenMpiNames) : OpenMpiNames.Concat(MpichNames);
        if (getVariable(LibraryVariable) is { Length: > 0 } named) names = [named];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library) && NativeLibrary.TryGetExport(library, "MPI_Init_thread", out _)) return new MpiLibrary(library);
        }
        return null;
    }

    /// <summary>Starts MPI in this process.</summary>
    public void Start()
    {
        int got;
        Check(((delegate* unmanaged<int*, byte***, int, int*, int>)Function("MPI_Init_thread"))(null, null, Serialized, &got), "MPI_Init_thread");
    }

    /// <summary>Returns rank and size.</summary>
    public (int Rank, int Size) Place()
    {
        int rank, size;
        Check(((delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_rank"))(World, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged<nint, int*, int>)Function("MPI_Comm_size"))(World, &size), "MPI_Comm_size");
        return (rank, size);
    }

    /// <summary>Returns name and version for messages.</summary>
    public string Version()
    {
        byte* text = stackalloc byte[MaxVersionText];
        int length;
        _ = ((delegate* unmanaged<byte*, int*, int>)Function("MPI_Get_library_version"))(text, &length);
        string all = Marshal.PtrToStringUTF8((nint)text) ?? "MPI";
        return all.Split(',', '\n')[0].Replace("\t", " ", StringComparison.Ordinal).Trim();
    }

    /// <summary>Finalizes MPI in this process.</summary>
    public void Finish() => _ = ((delegate* unmanaged<int>)Function("MPI_Finalize"))();

    public void Allreduce(float* data, int count) => Check(allreduce((void*)InPlace, data, count, Float, Add, World), "MPI_Allreduce");

    public void Alltoall(float* from, float* to, int count) => Check(alltoall(from, count, Float, to, count, Float, World), "MPI_Alltoall");

    public void Allgather(void* from, void* to, int count, nint type) => Check(allgather(from, count, type, to, count, type, World), "MPI_Allgather");

    public void Bcast(void* data, int count) => Check(bcast(data, count, Byte, 0, World), "MPI_Bcast");

    public void Barrier() => Check(barrier(World), "MPI_Barrier");

    private static void Check(int code, string call)
    {
        if (code != 0) throw new ProcessGroupException(FormattableString.Invariant($"{call} failed with code {code}. A process of this training has died or the network has failed; start again with --resume."));
    }

    private nint Handle(string symbol, nint number) => IsOpenMpi ? NativeLibrary.GetExport(library, symbol) : number;

    private nint Function(string name) => NativeLibrary.GetExport(library, name);
}
