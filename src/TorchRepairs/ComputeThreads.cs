using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace HiEndMae.TorchRepairs;

/// <summary>Runs parts of a calculation on the threads on which libtorch runs its own operators.</summary>
/// <remarks>
/// Gap: TorchSharp gives no access to libtorch's threads (<c>at::parallel_for</c>; not reported upstream). A second set of threads competes with libtorch's, which spin for a while after each
/// operator, so two sets on two cores wait for one another. Shown by: ComputeThreadsTests. Remove it once TorchSharp has <c>parallel_for</c>.
/// On Linux libtorch's threads are those of OpenMP (libgomp), which has one function that starts them. Elsewhere the parts run on the threads of the pool.
/// </remarks>
public static unsafe class ComputeThreads
{
    private static readonly delegate* unmanaged<delegate* unmanaged[Cdecl]<Job*, void>, Job*, uint, uint, void> Start;
    private static readonly delegate* unmanaged<int> ThreadNumber;
    private static readonly delegate* unmanaged<int> NumThreads;

    static ComputeThreads()
    {
        if (!OperatingSystem.IsLinux()) return;
        // libtorch's own copy of OpenMP is found through the library that depends on it.
        nint library = LibtorchContext.Open(LibtorchContext.CoreName);
        if (!NativeLibrary.TryGetExport(library, "GOMP_parallel", out nint start)
            || !NativeLibrary.TryGetExport(library, "omp_get_thread_num", out nint number) || !NativeLibrary.TryGetExport(library, "omp_get_num_threads", out nint count)) return;
        Start = (delegate* unmanaged<delegate* unmanaged[Cdecl]<Job*, void>, Job*, uint, uint, void>)start;
        ThreadNumber = (delegate* unmanaged<int>)number;
        NumThreads = (delegate* unmanaged<int>)count;
    }

    /// <summary>Whether parts run on libtorch's threads; otherwise they run on the threads of the pool.</summary>
    public static bool AreShared => Start != null;

    /// <summary>Runs a function once for every part, and returns when all are done.</summary>
    /// <param name="threads">Largest number of threads, at least 1; the calling thread is one of them.</param>
    /// <param name="parts">Number of parts. They are shared evenly.</param>
    /// <param name="function">Receives <paramref name="context"/> and the number of a part. It must not throw and must not allocate.</param>
    /// <param name="context">Passed to the function.</param>
    public static void Run(int threads, int parts, delegate*<void*, int, void> function, void* context)
    {
        threads = Math.Min(threads, parts);
        if (threads <= 1)
        {
            for (int part = 0; part < parts; part++) function(context, part);
            return;
        }
        if (Start == null)
        {
            (nint at, nint data) = ((nint)function, (nint)context);
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part => ((delegate*<void*, int, void>)at)((void*)data, part));
            return;
        }
        var job = new Job { Function = function, Context = context, Parts = parts };
        Start(&Enter, &job, (uint)threads, 0);
    }

    /// <summary>Runs an action once for every part, and returns when all are done.</summary>
    /// <param name="threads">Largest number of threads, at least 1; the calling thread is one of them.</param>
    /// <param name="parts">Number of parts.</param>
    /// <param name="action">Receives the number of a part. It must not throw and must not allocate.</param>
    public static void Run(int threads, int parts, Action<int> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var handle = GCHandle.Alloc(action);
        Run(threads, parts, &Call, (void*)GCHandle.ToIntPtr(handle));
        handle.Free();
    }

    private static void Call(void* action, int part) => ((Action<int>)GCHandle.FromIntPtr((nint)action).Target!)(part);

    // OpenMP may start fewer threads than it was asked for.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(Job* job)
    {
        int step = NumThreads();
        for (int part = ThreadNumber(); part < job->Parts; part += step) job->Function(job->Context, part);
    }

    private struct Job
    {
        public delegate*<void*, int, void> Function;
        public void* Context;
        public int Parts;
    }
}
