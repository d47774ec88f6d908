using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>A process group over Gloo, libtorch's own TCP transport, for machines without MPI. Linux only.</summary>
/// <remarks>
/// Gap: TorchSharp has no <c>torch.distributed</c> (not reported upstream). Shown by: ProcessGroupTests. Remove it once TorchSharp has it.
/// libtorch has no C interface to Gloo, so the constructors are called by their C++ names, which are those of libtorch 2.10 on Linux. Every name is looked up, and a sum
/// is tried before the training. Only sums are used. To gather, each rank sums an array that is -0 everywhere but in its own part, because adding -0 changes no bit of a number.
/// </remarks>
internal sealed unsafe class GlooGroup : HostGroup
{
    private const int ObjectRoom = 8192, OptionRoom = 256, TimeoutOffset = 32, AsyncOffset = 40;
    private const long Timeout = 1_800_000; // ms; the peers' end is noticed at once by other means
    private const ulong OneReference = (1UL << 32) | 1; // of c10::intrusive_ptr: one strong, one weak
    private readonly nint group;
    private readonly byte* options;
    private readonly delegate* unmanaged<nint*, nint, nint*, void*, nint*> allreduce;
    private readonly delegate* unmanaged<nint, byte> isCompleted, isSuccess;
    private readonly delegate* unmanaged<nint*, nint, nint*> exceptionOf;
    private Tensor? staging;

    private GlooGroup(nint library, nint group, int rank, int size) : base(rank, size)
    {
        this.group = group;
        allreduce = (delegate* unmanaged<nint*, nint, nint*, void*, nint*>)Export(library, "_ZN4c10d16ProcessGroupGloo9allreduceERSt6vectorIN2at6TensorESaIS3_EERKNS_16AllreduceOptionsE");
        isCompleted = (delegate* unmanaged<nint, byte>)Export(library, "_ZN4c10d4Work11isCompletedEv");
        isSuccess = (delegate* unmanaged<nint, byte>)Export(library, "_ZNK4c10d4Work9isSuccessEv");
        exceptionOf = (delegate* unmanaged<nint*, nint, nint*>)Export(library, "_ZNK4c10d4Work9exceptionEv");
        // AllreduceOptions: a reduce operation (0 is the sum) of 32 bytes, the timeout, whether it is asynchronous.
        options = (byte*)Zero(OptionRoom);
        *(long*)(options + TimeoutOffset) = Timeout;
        options[AsyncOffset] = 1;
    }

    /// <inheritdoc/>
    public override string Description => "Gloo of libtorch";

    /// <summary>Joins the group. The processes find each other through a file.</summary>
    /// <param name="file">A file that all processes can access, in an existing folder. It must be new for every start, and is not needed any more when this call returns on all ranks.</param>
    /// <param name="rank">Rank of this process.</param>
    /// <param name="size">Number of processes.</param>
    /// <exception cref="ProcessGroupException">This libtorch does not have the functions, or a sum is wrong.</exception>
    public static GlooGroup Join(string file, int rank, int size)
    {
        if (!OperatingSystem.IsLinux())
            throw new ProcessGroupException("Several processes without MPI need libtorch's Gloo, which works only on Linux. Start them with mpirun of Open MPI or MPICH.");
        InitializeDeviceType(DeviceType.CPU);
        nint library = TorchRepairs.LibtorchContext.Open(TorchRepairs.LibtorchContext.CoreName);
        // The objects are never freed, because libtorch's threads use them until the process ends.
        nint store = Zero(ObjectRoom), made = Zero(ObjectRoom);
        ((delegate* unmanaged<nint, nint, int, void>)Export(library, "_ZN4c10d9FileStoreC1ENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEi"))(store, CppString(file), size);
        *(ulong*)(store + sizeof(nint)) = OneReference;
        nint settings;
        ((delegate* unmanaged<nint*, long, nint*>)Export(library, "_ZN4c10d16ProcessGroupGloo7Options14create_defaultENSt6chrono8durationIlSt5ratioILl1ELl1000EEEE"))(&settings, Timeout);
        ((delegate* unmanaged<nint, nint*, int, int, nint*, void>)Export(library, "_ZN4c10d16ProcessGroupGlooC1ERKN3c1013intrusive_ptrINS_5StoreENS1_6detail34intrusive_target_default_null_typeIS3_EEEEiiNS2_INS0_7OptionsENS5_ISA_EEEE"))(
            made, &store, rank, size, &settings);
        *(ulong*)(made + sizeof(nint)) = OneReference;
        var joined = new GlooGroup(library, made, rank, size);
        var found = new double[size];
        joined.Gather([rank + 0.5], found);
        if (!found.SequenceEqual(Enumerable.Range(0, size).Select(one => one + 0.5)))
            throw new ProcessGroupException("libtorch's Gloo gives a wrong sum on this machine. Start the processes with mpirun instead.");
        return joined;
    }

    /// <inheritdoc/>
    public override void Gather(ReadOnlySpan<double> mine, Span<double> all)
    {
        if (all.Length != mine.Length * Size) throw new ArgumentException("The array must have room for the values of every rank.", nameof(all));
        all.Fill(-0.0);
        mine.CopyTo(all[(Rank * mine.Length)..]);
        fixed (double* data = all) Reduce(data, all.Length, ScalarType.Float64);
    }

    /// <inheritdoc/>
    public override byte[] Broadcast(ReadOnlySpan<byte> data)
    {
        var length = new double[Size];
        Gather([data.Length], length);
        var values = new double[(int)length[0]];
        if (Rank == 0)
        {
            for (int i = 0; i < values.Length; i++) values[i] = data[i];
        }
        fixed (double* numbers = values) Reduce(numbers, values.Length, ScalarType.Float64);
        return [.. values.Select(value => (byte)value)];
    }

    /// <inheritdoc/>
    public override void Barrier() => Gather([0], new double[Size]);

    /// <inheritdoc/>
    public override void Dispose()
    {
        staging?.Dispose();
        staging = null;
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void SumPiece(float* piece, int length) => Reduce(piece, length, ScalarType.Float32);

    /// <inheritdoc/>
    protected override void SumPieceInOrder(float* piece, int length, float* scratch)
    {
        new Span<float>(scratch, length * Size).Fill(-0.0f);
        new ReadOnlySpan<float>(piece, length).CopyTo(new Span<float>(scratch + (long)Rank * length, length));
        Reduce(scratch, length * Size, ScalarType.Float32);
        SumTree.Of(scratch, Size, length);
        new ReadOnlySpan<float>(scratch, length).CopyTo(new Span<float>(piece, length));
    }

    private void Reduce(void* data, int length, ScalarType type)
    {
        if (length == 0) return;
        int width = type == ScalarType.Float64 ? sizeof(double) : sizeof(float);
        // Gloo wants a tensor. Fresh memory for every piece would make large sums several times slower.
        using Tensor values = type == ScalarType.Float32 ? Staging(length) : empty(length, type, CPU).DetachFromDisposeScope();
        void* own = (void*)TorchRepairs.NativeTensors.Address(values.Handle);
        Buffer.MemoryCopy(data, own, (long)length * width, (long)length * width);
        // std::vector<at::Tensor> of one element. A tensor is a pointer to its implementation.
        nint element = *(nint*)values.Handle;
        nint* vector = stackalloc nint[3];
        (vector[0], vector[1], vector[2]) = ((nint)(&element), (nint)(&element + 1), (nint)(&element + 1));
        nint work;
        allreduce(&work, group, vector, options);
        var wait = default(SpinWait);
        while (isCompleted(work) == 0) wait.SpinOnce();
        if (isSuccess(work) == 0) throw new ProcessGroupException($"Rank {Rank} cannot reach another rank: {Reason(work)}. The last checkpoint is valid; start again with --resume.");
        Buffer.MemoryCopy(own, data, (long)length * width, (long)length * width);
    }

    private Tensor Staging(int length)
    {
        if (staging is null || staging.numel() < length)
        {
            staging?.Dispose();
            staging = empty(length, ScalarType.Float32, CPU).DetachFromDisposeScope();
        }
        return staging.narrow(0, 0, length).DetachFromDisposeScope();
    }

    private string Reason(nint work)
    {
        nint pointer;
        exceptionOf(&pointer, work);
        // A std::exception begins with its virtual table, and what() is the third entry.
        return pointer == 0 ? "no reason was given" : Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)((nint*)*(nint*)pointer)[2])(pointer)) ?? "";
    }

    private static nint Export(nint library, string name) => NativeLibrary.TryGetExport(library, name, out nint address) ? address
        : throw new ProcessGroupException($"This libtorch has no function '{name}', so its Gloo cannot be used. Start the processes with mpirun instead.");

    private static nint Zero(int bytes) => (nint)NativeMemory.AllocZeroed((nuint)bytes);

    // libstdc++'s std::string with its text on the heap.
    private static nint CppString(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        nint made = Zero(4 * sizeof(nint)), room = Zero(bytes.Length + 1);
        Marshal.Copy(bytes, 0, room, bytes.Length);
        *(nint*)made = room;
        *(long*)(made + 8) = bytes.Length;
        *(long*)(made + 16) = bytes.Length;
        return made;
    }
}
